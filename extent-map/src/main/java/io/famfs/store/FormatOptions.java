package io.famfs.store;

import io.famfs.core.format.LogHeaderLayout;
import java.util.UUID;

/// How a volume is made.
///
/// @param systemUuid the host that will own the log
/// @param logLengthBytes length of the log: a power of two, at least 8 MiB
/// @param force whether an existing famfs may be overwritten
public record FormatOptions(UUID systemUuid, long logLengthBytes, boolean force) {

  /// The shortest log, nothing overwritten.
  public static FormatOptions ownedBy(UUID systemUuid) {
    return new FormatOptions(systemUuid, LogHeaderLayout.MIN_LOG_BYTES, false);
  }

  /// The same with another length of the log.
  public FormatOptions withLogLength(long lengthBytes) {
    return new FormatOptions(systemUuid, lengthBytes, force);
  }

  /// The same with another choice about an existing famfs.
  public FormatOptions withForce(boolean overwrite) {
    return new FormatOptions(systemUuid, logLengthBytes, overwrite);
  }
}
