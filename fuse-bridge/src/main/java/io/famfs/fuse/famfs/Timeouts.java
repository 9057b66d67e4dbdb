package io.famfs.fuse.famfs;

import java.time.Duration;

/// How long a kernel may rely on what it was told.
///
/// @param entry on what a name means
/// @param attributes on attributes
public record Timeouts(Duration entry, Duration attributes) {
  /// Everything is asked anew.
  public static final Timeouts NONE = of(Duration.ZERO);

  /// Changes are seen within a second.
  public static final Timeouts SHORT = of(Duration.ofSeconds(1));

  /// For those who are told of changes.
  public static final Timeouts LONG = of(Duration.ofDays(1));

  /// @throws IllegalArgumentException when one is negative
  public Timeouts {
    if (entry.isNegative() || attributes.isNegative()) {
      throw new IllegalArgumentException("negative timeout");
    }
  }

  /// The same for both.
  public static Timeouts of(Duration both) {
    return new Timeouts(both, both);
  }
}
