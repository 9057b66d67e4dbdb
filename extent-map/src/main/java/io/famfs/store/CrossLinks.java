package io.famfs.store;

import io.famfs.core.DaxDevice;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogEntryRules;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.store.Finding.SharedRange;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds out with whom the files of cross-link findings share their space: one more pass over the
/// log, and only when there is such a finding.
final class CrossLinks {
  private static final int NAMED_IN_TEXT = 3;

  private final DaxDevice device;
  private final long entries;
  private final MemorySegment copy = MemorySegment.ofArray(new byte[LogEntryLayout.BYTES]);

  /// A range of a file that a finding is about.
  ///
  /// @param reach the largest end of this and all ranges before it
  private record Claim(long entryIndex, DeviceRange range, long reach) {}

  CrossLinks(DaxDevice device, long entries) {
    this.device = device;
    this.entries = entries;
  }

  /// The findings, those about cross links with the other parties named.
  List<Finding> named(List<Finding> findings) {
    Map<Long, List<SharedRange>> shared = new HashMap<>();
    for (Finding finding : findings) {
      if (finding.fault().rule() == Rule.CROSS_LINK) {
        shared.put(finding.entryIndex(), new ArrayList<>());
      }
    }
    if (shared.isEmpty()) {
      return findings;
    }
    Map<Integer, List<Claim>> claims = claims(shared);
    for (long index = 0; index < entries; index++) {
      FileEntry file = file(index);
      if (file != null) {
        for (DeviceRange range : file.fmap().ranges()) {
          collect(index, file, range, claims.getOrDefault(range.daxdevIndex(), List.of()), shared);
        }
      }
    }
    return findings.stream().map(finding -> named(finding, shared)).toList();
  }

  private static Finding named(Finding finding, Map<Long, List<SharedRange>> shared) {
    List<SharedRange> ranges = shared.get(finding.entryIndex());
    if (finding.fault().rule() != Rule.CROSS_LINK || ranges == null || ranges.isEmpty()) {
      return finding;
    }
    String parties =
        ranges.stream()
            .limit(NAMED_IN_TEXT)
            .map(CrossLinks::text)
            .collect(Collectors.joining(", "));
    return new Finding(
        finding.fault(),
        finding.entryIndex(),
        finding.path(),
        parties + (ranges.size() > NAMED_IN_TEXT ? ", and others" : ""),
        ranges);
  }

  private static String text(SharedRange shared) {
    return shared.range().lengthBytes()
        + " bytes at byte "
        + shared.range().offset()
        + " of device "
        + shared.range().daxdevIndex()
        + " with entry "
        + shared.entryIndex()
        + " ('"
        + shared.path()
        + "')";
  }

  /// The ranges of the entries in question by device, in order of their start.
  private Map<Integer, List<Claim>> claims(Map<Long, List<SharedRange>> shared) {
    Map<Integer, List<Claim>> unordered = new HashMap<>();
    for (long index : shared.keySet()) {
      FileEntry file = file(index);
      if (file != null) {
        for (DeviceRange range : file.fmap().ranges()) {
          unordered
              .computeIfAbsent(range.daxdevIndex(), _ -> new ArrayList<>())
              .add(new Claim(index, range, 0));
        }
      }
    }
    Map<Integer, List<Claim>> ordered = new HashMap<>();
    unordered.forEach((daxdev, claims) -> {
      claims.sort(Comparator.comparingLong(claim -> claim.range().offset()));
      List<Claim> reaching = new ArrayList<>();
      long reach = 0;
      for (Claim claim : claims) {
        reach = Math.max(reach, claim.range().end());
        reaching.add(new Claim(claim.entryIndex(), claim.range(), reach));
      }
      ordered.put(daxdev, reaching);
    });
    return ordered;
  }

  private static void collect(
      long index,
      FileEntry file,
      DeviceRange range,
      List<Claim> claims,
      Map<Long, List<SharedRange>> shared) {
    int at = startingBefore(claims, range.end());
    while (at > 0 && claims.get(at - 1).reach() > range.offset()) {
      at--;
      Claim claim = claims.get(at);
      List<SharedRange> found = shared.getOrDefault(claim.entryIndex(), List.of());
      long start = Math.max(range.offset(), claim.range().offset());
      long end = Math.min(range.end(), claim.range().end());
      if (start < end && index < claim.entryIndex() && found.size() < Finding.MAX_SHARED_RANGES) {
        found.add(
            new SharedRange(
                index,
                file.path().toString(),
                new DeviceRange(range.daxdevIndex(), start, end - start)));
      }
    }
  }

  /// How many claims start before an offset.
  private static int startingBefore(List<Claim> claims, long offset) {
    int low = 0;
    int high = claims.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (claims.get(middle).range().offset() < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private @Nullable FileEntry file(long index) {
    long at = LogHeaderLayout.entryMediaOffset(index);
    MemorySegment.copy(device.memory(), at, copy, 0, LogEntryLayout.BYTES);
    return LogEntryRules.integrity(copy, index) == null
            && LogEntryCodec.decode(copy, 0, at).value() instanceof FileEntry file
        ? file
        : null;
  }
}
