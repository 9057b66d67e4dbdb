package io.famfs.fuse.server;

import io.famfs.fuse.lock.LockImage;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// What goes with a client to another server, little-endian. It is read from a pipe, from whoever
/// has written there: everything in it is checked.
///
/// ```
///  0  u64 magic               8  u32 layout, 1          12  u32 bytes in all
/// 16  u32 CRC32C of all that follows                    20  u32 whether there was an INIT
/// 24  u64[2] uuid of the volume                         40  u64 entries of its log that were known
/// 48  what INIT agreed on, as SessionImage has it, or zeros
/// 88  u32 count, { u64 nodeid, u64 fingerprint, u32 opens, u32 zero } [count]
///     u32 count, { a lock, as LockImage has it } [count]
///     u32 queues, { u32 count, u32 head [count] } [queues]
/// ```
///
/// @param inodes what the client has open or locked
/// @param taken for each queue, the requests that have no reply yet
record MigrationImage(
    UUID volume,
    long logEntries,
    @Nullable SessionImage session,
    List<OpenInode> inodes,
    List<LockImage> locks,
    List<List<Integer>> taken) {
  private static final long MAGIC = 0x5453_4753_464d_4146L;
  private static final int LAYOUT = 1;
  private static final int CHECKED_FROM = 20;
  private static final int HEAD_BYTES = 48;
  private static final int INODE_BYTES = 24;

  /// The largest queue of virtio.
  private static final int MAX_HEAD = 0x7fff;

  /// An inode that the client has open or locked.
  ///
  /// @param fingerprint see [Migration#fingerprint]
  /// @param opens how often it is open
  record OpenInode(long nodeid, long fingerprint, int opens) {}

  byte[] encode() {
    int heads = taken.stream().mapToInt(List::size).sum();
    int bytes =
        HEAD_BYTES
            + SessionImage.BYTES
            + 12
            + INODE_BYTES * inodes.size()
            + LockImage.BYTES * locks.size()
            + Integer.BYTES * (taken.size() + heads);
    ByteBuffer to = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    to.putLong(MAGIC).putInt(LAYOUT).putInt(bytes).putInt(0).putInt(session == null ? 0 : 1);
    to.putLong(volume.getMostSignificantBits()).putLong(volume.getLeastSignificantBits());
    to.putLong(logEntries);
    to.put(session == null ? new byte[SessionImage.BYTES] : session.encode());
    to.putInt(inodes.size());
    for (OpenInode inode : inodes) {
      to.putLong(inode.nodeid).putLong(inode.fingerprint).putInt(inode.opens).putInt(0);
    }
    to.putInt(locks.size());
    locks.forEach(lock -> lock.put(to));
    to.putInt(taken.size());
    for (List<Integer> queue : taken) {
      to.putInt(queue.size());
      queue.forEach(to::putInt);
    }
    seal(to.array());
    return to.array();
  }

  /// Puts the checksum into an image.
  static void seal(byte[] image) {
    ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putInt(16, checksum(image));
  }

  private static int checksum(byte[] image) {
    CRC32C crc = new CRC32C();
    crc.update(image, CHECKED_FROM, image.length - CHECKED_FROM);
    return (int) crc.getValue();
  }

  /// @throws IOException when it is none, with what is wrong
  static MigrationImage decode(byte[] image) throws IOException {
    ByteBuffer from = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    if (image.length < HEAD_BYTES || from.getLong() != MAGIC) {
      throw new IOException("this is no state of a client of famfs");
    }
    int layout = from.getInt();
    if (layout != LAYOUT) {
      throw new IOException("the state of a client has layout " + layout + ", not " + LAYOUT);
    }
    if (from.getInt() != image.length || from.getInt() != checksum(image)) {
      throw new IOException("the state of a client is cut off or damaged");
    }
    try {
      return body(from);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException("the state of a client breaks a rule: " + e.getMessage(), e);
    }
  }

  private static MigrationImage body(ByteBuffer from) {
    int flags = from.getInt();
    UUID volume = new UUID(from.getLong(), from.getLong());
    long entries = from.getLong();
    byte[] agreed = new byte[SessionImage.BYTES];
    from.get(agreed);
    require(flags == 0 || flags == 1, "flags");
    require(entries >= 0, "entries of the log");
    SessionImage session = flags == 0 ? null : session(agreed);
    List<OpenInode> inodes = new ArrayList<>();
    for (int left = count(from, INODE_BYTES); left > 0; left--) {
      inodes.add(new OpenInode(from.getLong(), from.getLong(), from.getInt()));
      require(inodes.getLast().opens >= 0 && from.getInt() == 0, "an inode");
    }
    List<LockImage> locks = new ArrayList<>();
    for (int left = count(from, LockImage.BYTES); left > 0; left--) {
      locks.add(LockImage.get(from));
    }
    List<List<Integer>> taken = new ArrayList<>();
    for (int left = count(from, Integer.BYTES); left > 0; left--) {
      taken.add(heads(from));
    }
    require(!from.hasRemaining(), "its length");
    require(session != null || (inodes.isEmpty() && locks.isEmpty()), "a client without INIT");
    return new MigrationImage(volume, entries, session, inodes, locks, taken);
  }

  private static @Nullable SessionImage session(byte[] agreed) {
    return SessionImage.decode(ByteBuffer.wrap(agreed).order(ByteOrder.LITTLE_ENDIAN));
  }

  private static List<Integer> heads(ByteBuffer from) {
    List<Integer> heads = new ArrayList<>();
    for (int left = count(from, Integer.BYTES); left > 0; left--) {
      heads.add(from.getInt());
      require(heads.getLast() >= 0 && heads.getLast() <= MAX_HEAD, "a head");
    }
    return heads;
  }

  private static int count(ByteBuffer from, int bytesEach) {
    int count = from.getInt();
    require(count >= 0 && count <= from.remaining() / bytesEach, "a count");
    return count;
  }

  private static void require(boolean kept, String what) {
    if (!kept) {
      throw new IllegalArgumentException(what);
    }
  }
}
