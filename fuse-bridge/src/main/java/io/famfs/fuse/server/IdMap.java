package io.famfs.fuse.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// User or group numbers of clients, and what they are in the file system: `INSIDE:OUTSIDE:COUNT`
/// as in `user_namespaces(7)`, inside being the client's side. Without ranges every number is
/// itself; with ranges a number in none of them has no counterpart.
///
/// @param ranges do not overlap on either side
public record IdMap(List<Range> ranges) {
  /// What has no counterpart, on both sides (`(uid_t) -1`).
  public static final int NONE = -1;

  /// What clients are shown for an owner without counterpart, the overflow id of Linux.
  public static final int NOBODY = 65534;

  /// Most ranges, as in Linux.
  public static final int MAX_RANGES = 340;

  /// The last number there is.
  private static final long MAX_ID = 0xfffffffeL;

  private static final IdMap SAME = new IdMap(List.of());

  /// Numbers that follow each other on both sides.
  ///
  /// @param inside first number of the clients
  /// @param outside what it is in the file system
  /// @param count how many
  public record Range(long inside, long outside, long count) {
    /// @throws IllegalArgumentException when it is empty, or goes beyond the last number
    public Range {
      if (count < 1) {
        throw new IllegalArgumentException("a range of " + count + " ids");
      }
      for (long first : new long[] {inside, outside}) {
        if (first < 0 || first > MAX_ID || count > MAX_ID + 1 - first) {
          throw new IllegalArgumentException(
              count + " ids from " + first + " on go beyond " + MAX_ID);
        }
      }
    }

    /// Reads `INSIDE:OUTSIDE:COUNT`.
    ///
    /// @throws IllegalArgumentException with what is wrong
    static Range parse(String text) {
      String[] parts = text.split(":", -1);
      if (parts.length != 3) {
        throw new IllegalArgumentException(
            "'" + text + "' is not INSIDE:OUTSIDE:COUNT, such as 0:100000:65536");
      }
      return new Range(number(parts[0], text), number(parts[1], text), number(parts[2], text));
    }

    private static long number(String part, String text) {
      if (!part.matches("[0-9]{1,10}")) {
        throw new IllegalArgumentException("'" + part + "' in '" + text + "' is no number");
      }
      return Long.parseLong(part);
    }

    private static boolean overlaps(long a, long aCount, long b, long bCount) {
      return a < b + bCount && b < a + aCount;
    }

    @Override
    public String toString() {
      return inside + ":" + outside + ":" + count;
    }
  }

  /// @throws IllegalArgumentException when ranges overlap, or there are too many
  public IdMap {
    if (ranges.size() > MAX_RANGES) {
      throw new IllegalArgumentException("more than " + MAX_RANGES + " ranges of ids");
    }
    List<Range> sorted = new ArrayList<>(ranges);
    sorted.sort(Comparator.comparingLong(Range::inside));
    ranges = List.copyOf(sorted);
    for (int i = 0; i < ranges.size(); i++) {
      Range a = ranges.get(i);
      for (Range b : ranges.subList(i + 1, ranges.size())) {
        if (Range.overlaps(a.inside(), a.count(), b.inside(), b.count())
            || Range.overlaps(a.outside(), a.count(), b.outside(), b.count())) {
          throw new IllegalArgumentException("the ranges " + a + " and " + b + " overlap");
        }
      }
    }
  }

  /// Every number is itself.
  public static IdMap same() {
    return SAME;
  }

  /// Reads ranges.
  ///
  /// @throws IllegalArgumentException with what is wrong
  public static IdMap parse(List<String> texts) {
    return texts.isEmpty() ? SAME : new IdMap(texts.stream().map(Range::parse).toList());
  }

  /// Whether every number is itself.
  boolean isSame() {
    return ranges.isEmpty();
  }

  /// What a number of a client is in the file system; [#NONE] when it is nothing. Allocates
  /// nothing.
  public int outside(int inside) {
    if (ranges.isEmpty()) {
      return inside;
    }
    long id = Integer.toUnsignedLong(inside);
    for (int i = 0; i < ranges.size(); i++) {
      Range range = ranges.get(i);
      long at = id - range.inside();
      if (at >= 0 && at < range.count()) {
        return (int) (range.outside() + at);
      }
    }
    return NONE;
  }

  /// What a number of the file system is to a client; [#NONE] when it is nothing. Allocates
  /// nothing.
  public int inside(int outside) {
    if (ranges.isEmpty()) {
      return outside;
    }
    long id = Integer.toUnsignedLong(outside);
    for (int i = 0; i < ranges.size(); i++) {
      Range range = ranges.get(i);
      long at = id - range.outside();
      if (at >= 0 && at < range.count()) {
        return (int) (range.inside() + at);
      }
    }
    return NONE;
  }
}
