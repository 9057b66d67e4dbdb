package io.famfs.virtio;

import java.lang.invoke.VarHandle;

/// The three parts of a packed virtqueue of `num` entries (clauses 2.8.13, 2.8.14).
///
/// ```
/// descriptor ring, 16 * num bytes, aligned 16        event suppression, 4 bytes, aligned 4
///   0  u64 addr    guest address                       0  u16 offset, bit 15 the wrap counter
///   8  u32 len                                         2  u16 flags  ENABLE, DISABLE, DESC
///  12  u16 id      of the buffer
///  14  u16 flags   NEXT, WRITE, INDIRECT, AVAIL, USED
/// ```
final class PackedLayout {
  static final int LENGTH = 8;
  static final int ID = 12;
  static final int FLAGS = 14;

  static final int FLAG_AVAIL = 1 << 7;
  static final int FLAG_USED = 1 << 15;

  static final int EVENT_BYTES = 4;
  static final int EVENT_ENABLE = 0;
  static final int EVENT_DISABLE = 1;
  static final int EVENT_DESC = 2;
  static final int EVENT_FLAGS_SHIFT = 16;
  static final int EVENT_FLAGS_MASK = 3;

  /// In an offset: the wrap counter.
  static final int WRAP = 1 << 15;

  /// Id and flags of a descriptor, or an event suppression structure, in one access.
  static final VarHandle U32_SHARED = VirtqueueLayout.U32.varHandle();

  private PackedLayout() {}

  static long ringBytes(int num) {
    return (long) VirtqueueLayout.DESCRIPTOR_BYTES * num;
  }

  static boolean isAvailable(int flags, boolean wrap) {
    return ((flags & FLAG_AVAIL) != 0) == wrap && ((flags & FLAG_USED) != 0) != wrap;
  }

  static boolean isUsed(int flags, boolean wrap) {
    return ((flags & FLAG_USED) != 0) == wrap;
  }
}
