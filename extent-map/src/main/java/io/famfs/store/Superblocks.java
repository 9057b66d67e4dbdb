package io.famfs.store;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.core.format.SuperblockRules;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Reads what is at the start of a device, for decisions before a volume is opened.
public final class Superblocks {
  private Superblocks() {}

  /// The superblock of a device, as it is in memory now; empty when it breaks a rule or cannot be
  /// read. Opening the volume says which rule.
  public static Optional<Superblock> of(DaxDevice device) {
    if (device.sizeBytes() < SuperblockLayout.BYTES) {
      return Optional.empty();
    }
    MemorySegment copy;
    try {
      copy = copy(device);
    } catch (InternalError e) {
      return Optional.empty();
    }
    return SuperblockRules.firstBroken(copy, device.sizeBytes()) == null
        ? Optional.of(SuperblockCodec.decode(copy, 0))
        : Optional.empty();
  }

  /// The bytes of a superblock as they are in the memory of a device now, whatever they are: the
  /// device is memory that others write, so they are looked at in a copy.
  ///
  /// @param device of at least [SuperblockLayout#BYTES] bytes
  /// @throws InternalError when the memory cannot be read
  public static MemorySegment copy(DaxDevice device) {
    MemorySegment copy = MemorySegment.ofArray(new byte[SuperblockLayout.BYTES]);
    copy(device, copy);
    return copy;
  }

  /// The same into memory that is there. Allocates nothing.
  static void copy(DaxDevice device, MemorySegment into) {
    device.invalidate(0, SuperblockLayout.BYTES);
    MemorySegment.copy(device.memory(), 0, into, 0, SuperblockLayout.BYTES);
  }
}
