package io.famfs.fuse.lock;

import java.nio.ByteBuffer;

/// A lock on its way to another server.
///
/// ```
/// u64 nodeid  u64 owner  u64 first  u64 last  u32 pid  u8 kind  u8 type  2 zero
/// ```
///
/// @param owner as the client calls it
public record LockImage(
    long nodeid, LockKind kind, long owner, LockRange range, LockType type, int pid) {
  /// What one takes.
  public static final int BYTES = 40;

  public static LockImage of(LockRequest lock) {
    return new LockImage(
        lock.nodeid(), lock.kind(), lock.owner().id(), lock.range(), lock.type(), lock.pid());
  }

  /// The lock as a client asks for it.
  public LockRequest request(LockClient client) {
    return new LockRequest(nodeid, kind, new LockOwner(client, owner), range, type, pid);
  }

  public void put(ByteBuffer to) {
    to.putLong(nodeid).putLong(owner).putLong(range.first()).putLong(range.last()).putInt(pid);
    to.put((byte) kind.number()).put((byte) type.number()).putShort((short) 0);
  }

  /// Reads one.
  ///
  /// @throws IllegalArgumentException when it is no lock
  public static LockImage get(ByteBuffer from) {
    long nodeid = from.getLong();
    long owner = from.getLong();
    LockRange range = new LockRange(from.getLong(), from.getLong());
    int pid = from.getInt();
    int kindNumber = from.get();
    LockKind kind = LockKind.of(kindNumber);
    LockType type = LockType.of(from.get());
    boolean whole = kind == LockKind.WHOLE;
    if (kind.number() != kindNumber
        || type == LockType.NONE
        || from.getShort() != 0
        || (whole && !range.equals(LockRange.ALL))) {
      throw new IllegalArgumentException("a lock of kind " + kindNumber + ", type " + type);
    }
    return new LockImage(nodeid, kind, owner, range, type, pid);
  }
}
