package io.famfs.fuse.lock;

/// Bytes of a file.
///
/// @param first the first byte, 0 or more
/// @param last the last byte, [Long#MAX_VALUE] for up to the end, however long the file grows
public record LockRange(long first, long last) {
  /// All bytes.
  public static final LockRange ALL = new LockRange(0, Long.MAX_VALUE);

  /// @throws IllegalArgumentException when there are no such bytes
  public LockRange {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("bytes " + first + " to " + last);
    }
  }

  boolean overlaps(LockRange other) {
    return first <= other.last && other.first <= last;
  }

  /// Whether together they are one range: they overlap, or one begins where the other ends.
  boolean touches(LockRange other) {
    return (first == 0 || first - 1 <= other.last) && (other.first == 0 || other.first - 1 <= last);
  }

  LockRange joined(LockRange other) {
    return new LockRange(Math.min(first, other.first), Math.max(last, other.last));
  }
}
