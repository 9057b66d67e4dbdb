package io.famfs.fuse.device;

import java.nio.file.Path;
import java.time.Duration;

/// How and where to mount.
///
/// @param directory an existing directory
/// @param source what `mount` and `df` show as device: a name without commas
/// @param readOnly whether the kernel refuses changes before they get to the server
/// @param allowOther whether users other than the one who mounts may enter
/// @param checkPermissions whether the kernel checks the permissions of files; nobody else does
/// @param workers number of threads that serve, 1 to [#MAX_WORKERS]
/// @param maxReadBytes most bytes the kernel asks for at once, 4 KiB to [#MAX_READ_BYTES]
/// @param spin how long a worker may look for the next request before it sleeps, when looking has
///   turned out to be faster than being woken; zero for never, at most [#MAX_SPIN]
public record MountOptions(
    Path directory,
    String source,
    boolean readOnly,
    boolean allowOther,
    boolean checkPermissions,
    int workers,
    int maxReadBytes,
    Duration spin) {

  /// Most workers of a mount.
  public static final int MAX_WORKERS = 256;

  /// Most bytes of one READ.
  public static final int MAX_READ_BYTES = 1 << 20;

  /// The longest time to look for a request.
  public static final Duration MAX_SPIN = Duration.ofMillis(1);

  /// How long it is looked for if nothing else is said: some wake-ups of another processor.
  public static final Duration STANDARD_SPIN = Duration.ofNanos(50_000);

  private static final int MIN_READ_BYTES = 4096;
  private static final int STANDARD_WORKERS = 4;

  public MountOptions {
    if (source.isEmpty() || source.indexOf(',') >= 0 || source.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("source must be a name without commas: " + source);
    }
    if (workers < 1 || workers > MAX_WORKERS) {
      throw new IllegalArgumentException("workers must be 1 to " + MAX_WORKERS + ": " + workers);
    }
    if (maxReadBytes < MIN_READ_BYTES || maxReadBytes > MAX_READ_BYTES) {
      throw new IllegalArgumentException(
          "max_read must be " + MIN_READ_BYTES + " to " + MAX_READ_BYTES + ": " + maxReadBytes);
    }
    if (spin.isNegative() || spin.compareTo(MAX_SPIN) > 0) {
      throw new IllegalArgumentException("spin must be 0 to " + MAX_SPIN + ": " + spin);
    }
  }

  /// Writable, for all users, with one worker per processor up to 4.
  public static MountOptions at(Path directory, String source) {
    int workers = Math.min(STANDARD_WORKERS, Runtime.getRuntime().availableProcessors());
    return new MountOptions(
        directory, source, false, true, true, workers, MAX_READ_BYTES, STANDARD_SPIN);
  }

  /// The same with a choice about changes.
  public MountOptions withReadOnly(boolean refuseChanges) {
    return new MountOptions(
        directory,
        source,
        refuseChanges,
        allowOther,
        checkPermissions,
        workers,
        maxReadBytes,
        spin);
  }

  /// The same with a choice about other users.
  public MountOptions withAllowOther(boolean allow) {
    return new MountOptions(
        directory, source, readOnly, allow, checkPermissions, workers, maxReadBytes, spin);
  }

  /// The same with a choice about permissions.
  public MountOptions withCheckPermissions(boolean check) {
    return new MountOptions(
        directory, source, readOnly, allowOther, check, workers, maxReadBytes, spin);
  }

  /// The same with another number of workers.
  public MountOptions withWorkers(int count) {
    return new MountOptions(
        directory, source, readOnly, allowOther, checkPermissions, count, maxReadBytes, spin);
  }

  /// The same with another time to look for requests.
  public MountOptions withSpin(Duration limit) {
    return new MountOptions(
        directory, source, readOnly, allowOther, checkPermissions, workers, maxReadBytes, limit);
  }
}
