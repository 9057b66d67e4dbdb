package io.famfs.store;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.core.format.SuperblockRules;
import io.famfs.store.log.SuperblockBytes;
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
      copy = SuperblockBytes.copy(device);
    } catch (InternalError e) {
      return Optional.empty();
    }
    return SuperblockRules.firstBroken(copy, device.sizeBytes()) == null
        ? Optional.of(SuperblockCodec.decode(copy, 0))
        : Optional.empty();
  }
}
