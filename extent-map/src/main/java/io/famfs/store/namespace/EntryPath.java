package io.famfs.store.namespace;

import java.lang.foreign.MemorySegment;

/// The path of an entry as bytes in an array, where it was read: nothing is decoded or split. It
/// can be moved from one path to the next. Not thread-safe.
public final class EntryPath {
  private final byte[] bytes;
  private final MemorySegment segment;
  private int offset;
  private int lengthBytes;
  private int nameStart;

  /// The path that fills an array, which is not copied, relative to the root and keeping the rules
  /// of the format.
  public EntryPath(byte[] bytes) {
    this.bytes = bytes;
    this.segment = MemorySegment.ofArray(bytes);
    moveTo(0, bytes.length);
  }

  /// Moves to another path in the same array.
  ///
  /// @param start where a path starts that keeps the rules of the format
  public void moveTo(int start, int length) {
    offset = start;
    lengthBytes = length;
    int at = length;
    while (at > 0 && bytes[start + at - 1] != '/') {
      at--;
    }
    nameStart = at;
  }

  byte[] bytes() {
    return bytes;
  }

  MemorySegment segment() {
    return segment;
  }

  int offset() {
    return offset;
  }

  int lengthBytes() {
    return lengthBytes;
  }

  /// Where the last component starts in [#bytes()].
  int nameAt() {
    return offset + nameStart;
  }

  int nameLengthBytes() {
    return lengthBytes - nameStart;
  }

  /// Bytes before the last slash; -1 when there is none.
  int parentLengthBytes() {
    return nameStart - 1;
  }
}
