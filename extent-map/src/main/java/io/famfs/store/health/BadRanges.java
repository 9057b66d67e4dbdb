package io.famfs.store.health;

import io.famfs.store.extent.ExtentMap;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The bad memory of a volume at one moment: immutable, for any number of readers. No call but
/// [#list()] allocates.
public final class BadRanges {
  /// No bad memory.
  public static final BadRanges NONE = new BadRanges(List.of(), new RangeSet[0]);

  private final List<Map<BadCause, RangeSet>> byCause;

  /// By daxdev index; devices behind the last have none.
  private final RangeSet[] devices;

  private BadRanges(List<Map<BadCause, RangeSet>> byCause, RangeSet[] devices) {
    this.byCause = byCause;
    this.devices = devices;
  }

  /// Takes together what is known of each device, by daxdev index.
  public static BadRanges of(List<Map<BadCause, RangeSet>> known) {
    List<Map<BadCause, RangeSet>> copies = new ArrayList<>();
    RangeSet[] unions = new RangeSet[known.size()];
    boolean any = false;
    for (int i = 0; i < unions.length; i++) {
      Map<BadCause, RangeSet> copy = new EnumMap<>(BadCause.class);
      known
          .get(i)
          .forEach((cause, set) -> {
            if (!set.isEmpty()) {
              copy.put(cause, set);
            }
          });
      copies.add(copy);
      unions[i] = RangeSet.EMPTY;
      for (RangeSet set : copy.values()) {
        unions[i] = unions[i].union(set);
      }
      any |= !unions[i].isEmpty();
    }
    return any ? new BadRanges(copies, unions) : NONE;
  }

  /// A set of ranges of one device, as if an operator had said that they are bad.
  public static BadRanges on(int daxdevIndex, RangeSet ranges) {
    List<Map<BadCause, RangeSet>> known = new ArrayList<>();
    for (int i = 0; i < daxdevIndex; i++) {
      known.add(Map.of());
    }
    known.add(Map.of(BadCause.MANUAL, ranges));
    return of(known);
  }

  /// Whether there is no bad memory.
  public boolean isEmpty() {
    return devices.length == 0;
  }

  /// The bad memory of a device, whatever the cause.
  public RangeSet device(int daxdevIndex) {
    return daxdevIndex < devices.length ? devices[daxdevIndex] : RangeSet.EMPTY;
  }

  /// How many bytes of a stretch come before the first bad one; its length when none is bad.
  public long goodBytes(int daxdevIndex, long offset, long lengthBytes) {
    return device(daxdevIndex).before(offset, lengthBytes);
  }

  /// How many bytes at the start of a stretch are bad.
  public long badBytes(int daxdevIndex, long offset, long lengthBytes) {
    return device(daxdevIndex).within(offset, lengthBytes);
  }

  /// Whether a byte of a stretch is bad.
  public boolean touches(int daxdevIndex, long offset, long lengthBytes) {
    return goodBytes(daxdevIndex, offset, lengthBytes) < lengthBytes;
  }

  /// Whether a byte of a file's space is bad.
  public boolean touches(ExtentMap extents) {
    for (int i = 0; i < extents.rangeCount(); i++) {
      if (touches(
          extents.rangeDaxdevIndex(i), extents.rangeOffset(i), extents.rangeLengthBytes(i))) {
        return true;
      }
    }
    return false;
  }

  /// Number of bad ranges, of all devices; those that lie side by side count once.
  public int count() {
    int sum = 0;
    for (RangeSet device : devices) {
      sum += device.count();
    }
    return sum;
  }

  /// All bad bytes.
  public long bytes() {
    long sum = 0;
    for (RangeSet device : devices) {
      sum += device.bytes();
    }
    return sum;
  }

  /// The ranges by device, cause and offset; what is known by two causes is there twice.
  public List<BadRange> list() {
    List<BadRange> list = new ArrayList<>();
    for (int i = 0; i < byCause.size(); i++) {
      int device = i;
      byCause
          .get(i)
          .forEach((cause, set) ->
              set.ranges().forEach(range -> list.add(new BadRange(device, range, cause))));
    }
    return list;
  }

  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    return other instanceof BadRanges ranges && byCause.equals(ranges.byCause);
  }

  @Override
  public int hashCode() {
    return byCause.hashCode();
  }

  @Override
  public String toString() {
    return list().toString();
  }
}
