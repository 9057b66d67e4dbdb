package io.famfs.fuse.protocol;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Writes the listing that READDIR and READDIRPLUS answer with; reused for every request.
///
/// ```text
/// READDIR       dirent | name | zeros to 8     dirent | name | ...
/// READDIRPLUS   entry_out | dirent | name | zeros to 8     entry_out | ...
/// ```
public final class DirentWriter {
  private MemorySegment message = MemorySegment.NULL;
  private long start;
  private long limit;
  private long position;
  private int prefixBytes;

  /// A writer that has no room until [#wrap].
  public DirentWriter() {}

  /// Starts a listing of at most `room` bytes at `start`.
  ///
  /// @param plus whether every entry begins with an [EntryOut]
  public void wrap(MemorySegment message, long start, int room, boolean plus) {
    this.message = message;
    this.start = start;
    this.position = start;
    this.limit = start + room;
    this.prefixBytes = plus ? EntryOut.BYTES : 0;
  }

  /// Whether an entry with a name of this length fits.
  public boolean hasRoom(int nameLength) {
    return position + prefixBytes + Dirent.sizeBytes(nameLength) <= limit;
  }

  /// Where the [EntryOut] of the next entry goes in a READDIRPLUS listing. [#hasRoom] comes first.
  public long entryAt() {
    return position;
  }

  /// Makes the next entry of a READDIRPLUS listing one that the peer does not count as a lookup:
  /// `.` and `..`.
  public void skipEntry() {
    for (long p = position; p < position + EntryOut.BYTES; p++) {
      message.set(ValueLayout.JAVA_BYTE, p, (byte) 0);
    }
  }

  /// Adds an entry. [#hasRoom] comes first; in a READDIRPLUS listing the [EntryOut] is written by
  /// the caller.
  ///
  /// @param ino inode number
  /// @param cookie where the next listing goes on when this entry was the last that was seen
  /// @param mode mode of the file, of which only the type is used
  public void add(long ino, long cookie, int mode, byte[] name) {
    long at = position + prefixBytes;
    Dirent.ino(message, at, ino);
    Dirent.offset(message, at, cookie);
    Dirent.namelen(message, at, name.length);
    Dirent.type(message, at, (mode >>> 12) & 0xf);
    MemorySegment.copy(name, 0, message, ValueLayout.JAVA_BYTE, at + Dirent.BYTES, name.length);
    long end = at + Dirent.sizeBytes(name.length);
    for (long p = at + Dirent.BYTES + name.length; p < end; p++) {
      message.set(ValueLayout.JAVA_BYTE, p, (byte) 0);
    }
    position = end;
  }

  /// Bytes of the listing so far.
  public int lengthBytes() {
    return (int) (position - start);
  }

  /// Reverses the bytes of every field of a finished listing, for a peer of the other byte order.
  public static void reverse(MemorySegment message, long start, long end, boolean plus) {
    long at = start;
    while (at < end) {
      if (plus) {
        EntryOut.FIELDS.reverse(message, at, end);
        at += EntryOut.BYTES;
      }
      int nameLength = Dirent.namelen(message, at);
      Dirent.FIELDS.reverse(message, at, end);
      at += Dirent.sizeBytes(nameLength);
    }
  }
}
