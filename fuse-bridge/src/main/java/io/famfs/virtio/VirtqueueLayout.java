package io.famfs.virtio;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The three parts of a split virtqueue of `num` entries (clause 2.7).
///
/// ```
/// descriptor table, 16 * num bytes, aligned 16      available ring, 6 + 2 * num bytes, aligned 2
///   0  u64 addr    guest address                      0          u16 flags
///   8  u32 len                                        2          u16 idx
///  12  u16 flags   NEXT, WRITE, INDIRECT              4          u16 ring[num]
///  14  u16 next                                       4 + 2*num  u16 used_event
///
/// used ring, 6 + 8 * num bytes, aligned 4
///   0          u16 flags
///   2          u16 idx
///   4          { u32 id, u32 len } ring[num]
///   4 + 8*num  u16 avail_event
/// ```
final class VirtqueueLayout {
  static final int DESCRIPTOR_BYTES = 16;
  static final int DESCRIPTOR_ALIGNMENT = 16;
  static final int AVAIL_ALIGNMENT = 2;
  static final int USED_ALIGNMENT = 4;

  static final int FLAG_NEXT = 1;
  static final int FLAG_WRITE = 2;
  static final int FLAG_INDIRECT = 4;

  /// In `avail.flags`: the driver wants no used-buffer notifications.
  static final int AVAIL_NO_INTERRUPT = 1;

  /// In `used.flags`: the device wants no available-buffer notifications.
  static final int USED_NO_NOTIFY = 1;

  static final long RING_FLAGS = 0;
  static final long RING_INDEX = 2;
  static final long RING_ENTRIES = 4;
  static final int USED_ENTRY_BYTES = 8;

  static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// For the indices, which both sides touch at the same time.
  static final VarHandle U16_SHARED = U16.varHandle();

  private VirtqueueLayout() {}

  static long descriptorTableBytes(int num) {
    return 16L * num;
  }

  static long availRingBytes(int num) {
    return 6L + 2L * num;
  }

  static long usedRingBytes(int num) {
    return 6L + 8L * num;
  }
}
