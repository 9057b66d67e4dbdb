package io.famfs.store;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.MediaFault;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A fault that a check found, with everything that can be told about it.
///
/// @param fault rule, place on the primary device, message
/// @param entryIndex slot of the log entry it is about, -1 when it is about none
/// @param path path in that entry as it stands there, null when there is none
/// @param detail one more sentence part for an operator, null when there is nothing to add
/// @param shared the ranges that the entry shares with earlier ones, the first
///   [#MAX_SHARED_RANGES]; empty but for cross links
public record Finding(
    MediaFault fault,
    long entryIndex,
    @Nullable String path,
    @Nullable String detail,
    List<SharedRange> shared) {
  /// Most shared ranges that are kept for one finding.
  public static final int MAX_SHARED_RANGES = 16;

  public Finding {
    shared = List.copyOf(shared);
  }

  /// A range with a second owner.
  ///
  /// @param entryIndex slot of the earlier owner
  /// @param path its path
  /// @param range what both own
  public record SharedRange(long entryIndex, String path, DeviceRange range) {}

  /// What it means for users.
  public Severity severity() {
    return Severity.of(fault.rule());
  }

  /// Message, place, rule, detail and advice in one line.
  public String describe() {
    return fault.describe() + (detail == null ? "" : ", " + detail) + "; " + fault.rule().advice();
  }
}
