package io.famfs.cli;

import io.famfs.os.Identity;
import java.util.List;

/// What `-o` says.
///
/// @param readOnly nothing can be written
/// @param allowOther other users may enter
/// @param workers threads that serve requests
record MountFlags(boolean readOnly, boolean allowOther, int workers) {
  private static final int MAX_WORKERS = 64;

  static MountFlags parse(List<String> options) {
    boolean readOnly = false;
    boolean allowOther = Identity.effectiveUid() == 0;
    int workers = Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));
    for (String option : options) {
      String[] parts = option.split("=", 2);
      switch (parts[0]) {
        case "ro" -> readOnly = true;
        case "rw" -> readOnly = false;
        case "allow_other" -> allowOther = true;
        case "noallow_other" -> allowOther = false;
        case "workers" -> workers = number(option, parts.length > 1 ? parts[1] : "");
        default ->
            throw CliException.misuse(
                "unknown mount option '"
                    + option
                    + "': there are ro, rw, allow_other, noallow_other, workers=N");
      }
    }
    return new MountFlags(readOnly, allowOther, workers);
  }

  /// The same, read-only.
  MountFlags asReadOnly() {
    return new MountFlags(true, allowOther, workers);
  }

  private static int number(String option, String text) {
    try {
      int value = Integer.parseInt(text);
      if (value >= 1 && value <= MAX_WORKERS) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, as a number out of range.
    }
    throw CliException.misuse("mount option '" + option + "': 1 to " + MAX_WORKERS + " workers");
  }
}
