package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Messages of the server that answer no request: `unique` is 0 and `error` says what it is (`enum
/// fuse_notify_code`).
///
/// | code | name | since | behind the header |
/// |---|---|---|---|
/// | 2 | INVAL_INODE | 7.12 | nodeid, offset and length of the data; attributes only when the offset is negative |
/// | 3 | INVAL_ENTRY | 7.12 | parent, length of the name, flags (7.38), name, NUL |
/// | 7 | RESEND | 7.40 | |
/// | 8 | INC_EPOCH | 7.44 | |
/// | 9 | PRUNE | 7.45, Linux 6.19 | number of nodeids, 12 bytes of zeros, nodeids |
///
/// Each method writes one in the byte order of the peer and returns its length.
public final class Notification {
  /// `FUSE_NOTIFY_INVAL_INODE`.
  public static final int INVAL_INODE = 2;

  /// `FUSE_NOTIFY_INVAL_ENTRY`.
  public static final int INVAL_ENTRY = 3;

  /// `FUSE_NOTIFY_RESEND`.
  public static final int RESEND = 7;

  /// `FUSE_NOTIFY_INC_EPOCH`.
  public static final int INC_EPOCH = 8;

  /// `FUSE_NOTIFY_PRUNE`.
  public static final int PRUNE = 9;

  /// Flag of INVAL_ENTRY: the name is looked up anew instead of being dropped at once
  /// (`FUSE_EXPIRE_ONLY`).
  public static final int EXPIRE_ONLY = 1;

  /// The first minor version with INC_EPOCH.
  public static final int INC_EPOCH_MINOR = 44;

  /// The first minor version that may have PRUNE.
  public static final int PRUNE_MINOR = 45;

  /// Most nodeids of one PRUNE.
  public static final int MAX_PRUNED = 512;

  /// Room for the longest message.
  public static final int MAX_BYTES = OutHeader.BYTES + 16 + MAX_PRUNED * Long.BYTES;

  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int BODY = OutHeader.BYTES;

  private Notification() {}

  /// A message that is only its code: RESEND, INC_EPOCH.
  public static int plain(MemorySegment out, ByteOrder order, int code) {
    header(out, order, code, BODY);
    return BODY;
  }

  /// The attributes of an inode are not what they were.
  public static int attributes(MemorySegment out, ByteOrder order, long nodeid) {
    int length = BODY + 24;
    header(out, order, INVAL_INODE, length);
    out.set(U64.withOrder(order), BODY, nodeid);
    out.set(U64.withOrder(order), BODY + 8, -1L);
    out.set(U64, BODY + 16, 0L);
    return length;
  }

  /// A name does not mean what it did.
  ///
  /// @param name at most 255 bytes
  public static int entry(MemorySegment out, ByteOrder order, long parent, byte[] name, int flags) {
    int length = BODY + 16 + name.length + 1;
    header(out, order, INVAL_ENTRY, length);
    out.set(U64.withOrder(order), BODY, parent);
    out.set(U32.withOrder(order), BODY + 8, name.length);
    out.set(U32.withOrder(order), BODY + 12, flags);
    MemorySegment.copy(name, 0, out, ValueLayout.JAVA_BYTE, BODY + 16, name.length);
    out.set(ValueLayout.JAVA_BYTE, length - 1L, (byte) 0);
    return length;
  }

  /// Inodes that are not needed any more.
  ///
  /// @param count how many of `nodeids`, at most [#MAX_PRUNED]
  public static int prune(MemorySegment out, ByteOrder order, long[] nodeids, int count) {
    int length = BODY + 16 + count * Long.BYTES;
    header(out, order, PRUNE, length);
    out.set(U32.withOrder(order), BODY, count);
    out.set(U32, BODY + 4, 0);
    out.set(U64, BODY + 8, 0L);
    for (int i = 0; i < count; i++) {
      out.set(U64.withOrder(order), BODY + 16 + (long) i * Long.BYTES, nodeids[i]);
    }
    return length;
  }

  private static void header(MemorySegment out, ByteOrder order, int code, int length) {
    out.set(U32.withOrder(order), 0, length);
    out.set(U32.withOrder(order), 4, code);
    out.set(U64, 8, 0L);
  }
}
