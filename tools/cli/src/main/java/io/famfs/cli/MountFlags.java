package io.famfs.cli;

import io.famfs.fuse.device.MountOptions;
import io.famfs.os.Identity;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// What `-o` says.
///
/// @param readOnly nothing can be written
/// @param allowOther other users may enter
/// @param workers threads that serve requests
/// @param spin how long an idle worker may look for a request before it sleeps
record MountFlags(boolean readOnly, boolean allowOther, int workers, Duration spin) {
  private static final int MAX_WORKERS = 64;
  private static final int MAX_SPIN_MICROS = (int) (MountOptions.MAX_SPIN.toNanos() / 1000);

  static MountFlags parse(List<String> options) {
    boolean readOnly = false;
    boolean allowOther = Identity.effectiveUid() == 0;
    int workers = Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));
    Duration spin = MountOptions.STANDARD_SPIN;
    for (String option : options) {
      String[] parts = option.split("=", 2);
      switch (parts[0]) {
        case "ro" -> readOnly = true;
        case "rw" -> readOnly = false;
        case "allow_other" -> allowOther = true;
        case "noallow_other" -> allowOther = false;
        case "workers" -> workers = number(parts, 1, MAX_WORKERS);
        case "spin_us" -> spin = Duration.of(number(parts, 0, MAX_SPIN_MICROS), ChronoUnit.MICROS);
        default ->
            throw CliException.misuse(
                "unknown mount option '"
                    + option
                    + "': there are ro, rw, allow_other, noallow_other, workers=N, spin_us=N");
      }
    }
    return new MountFlags(readOnly, allowOther, workers, spin);
  }

  /// The same, read-only.
  MountFlags asReadOnly() {
    return new MountFlags(true, allowOther, workers, spin);
  }

  private static int number(String[] option, int least, int most) {
    try {
      int value = Integer.parseInt(option.length > 1 ? option[1] : "");
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, as a number out of range.
    }
    throw CliException.misuse(
        "mount option '" + String.join("=", option) + "': a number from " + least + " to " + most);
  }
}
