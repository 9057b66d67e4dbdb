package io.famfs.store;

import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// How a volume is opened.
///
/// @param systemUuid this host's uuid, which decides its role; null when it has none (a client)
/// @param readOnly true when nothing shall be created, whatever the role
/// @param stateDirectory where this host remembers bad memory; null when it does not
public record OpenOptions(
    @Nullable UUID systemUuid, boolean readOnly, @Nullable Path stateDirectory) {

  /// Without memory of what is bad.
  public OpenOptions(@Nullable UUID systemUuid, boolean readOnly) {
    this(systemUuid, readOnly, null);
  }

  /// For reading the namespace; data can still be written by those who have a writable device.
  public static OpenOptions forReading() {
    return new OpenOptions(null, true);
  }

  /// For a host that leaves creating to another one, or to another process, whatever its role.
  public static OpenOptions forFollowing() {
    return new OpenOptions(null, false);
  }

  /// For everything the role of this host allows.
  public static OpenOptions forHost(UUID systemUuid) {
    return new OpenOptions(systemUuid, false);
  }

  /// The same with a directory in which this host remembers bad memory.
  public OpenOptions withStateDirectory(Path directory) {
    return new OpenOptions(systemUuid, readOnly, directory);
  }
}
