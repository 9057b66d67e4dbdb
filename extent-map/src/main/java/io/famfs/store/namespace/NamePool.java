package io.famfs.store.namespace;

/// Memory for names, which are kept one after the other: an array of its own would cost each of
/// millions of names more than the name. The bytes of a name never change. One writer; whoever has
/// got an inode sees its name.
final class NamePool {
  private static final int FIRST_BYTES = 1024;
  private static final int MOST_BYTES = 64 * 1024;

  private byte[] chunk;
  private int used;
  private int lastAt;
  private int lastLengthBytes;

  /// A pool for names that stay.
  NamePool() {
    this(FIRST_BYTES);
  }

  private NamePool(int bytes) {
    chunk = new byte[bytes];
  }

  /// A pool that holds one name, for an inode that may go: its name goes with it.
  static NamePool ofOne(byte[] bytes, int offset, int lengthBytes) {
    NamePool pool = new NamePool(lengthBytes);
    pool.add(bytes, offset, lengthBytes);
    return pool;
  }

  /// Keeps a name: [#chunk()], [#lastAt()] and [#lastLengthBytes()] say where.
  void add(byte[] bytes, int offset, int lengthBytes) {
    if (lengthBytes > chunk.length - used) {
      chunk = new byte[Math.max(lengthBytes, Math.min(MOST_BYTES, chunk.length * 2))];
      used = 0;
    }
    System.arraycopy(bytes, offset, chunk, used, lengthBytes);
    lastAt = used;
    lastLengthBytes = lengthBytes;
    used += lengthBytes;
  }

  /// The array that holds the last name.
  byte[] chunk() {
    return chunk;
  }

  /// Where the last name starts.
  int lastAt() {
    return lastAt;
  }

  /// Length of the last name.
  int lastLengthBytes() {
    return lastLengthBytes;
  }
}
