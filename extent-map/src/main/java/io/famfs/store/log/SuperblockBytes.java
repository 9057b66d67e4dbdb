package io.famfs.store.log;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.SuperblockLayout;
import java.lang.foreign.MemorySegment;

/// The superblock of a device as bytes.
public final class SuperblockBytes {
  private SuperblockBytes() {}

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
  public static void copy(DaxDevice device, MemorySegment into) {
    device.invalidate(0, SuperblockLayout.BYTES);
    MemorySegment.copy(device.memory(), 0, into, 0, SuperblockLayout.BYTES);
  }
}
