package io.famfs.fuse.server;

import io.famfs.fuse.protocol.ClientArchitecture;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a server is told about its clients.
///
/// @param requestTimeout whole seconds after which a client gives a request up, at most 65535; zero
///   for never
/// @param architecture what the clients run on; null when that is not known beforehand
/// @param canonicalBit bit of INIT's flags by which a client that sends an `arch_id` offers to use
///   canonical numbers, 32 to 63, and by which it is asked to; -1 to ask none. The proposal had 40,
///   which means something else in Linux 6.12 and later, so none is asked by default: what the
///   server knows it translates itself.
/// @param locks who keeps locks on files
/// @param maps whether and how clients are told where files lie; never those that see a part of the
///   file system only, since they would reach whole devices
/// @param export what they get of the file system
/// @param migration what is done when a client that comes from another server or goes to one cannot
///   go on as it was
public record ClientOptions(
    Duration requestTimeout,
    @Nullable ClientArchitecture architecture,
    int canonicalBit,
    LockPolicy locks,
    MapOptions maps,
    Export export,
    MigrationPolicy migration) {
  private static final int MAX_TIMEOUT_SECONDS = 0xffff;
  private static final int FIRST_SECOND_WORD_BIT = 32;

  /// @throws IllegalArgumentException for a timeout or a bit that cannot be
  public ClientOptions {
    if (requestTimeout.isNegative() || requestTimeout.toSeconds() > MAX_TIMEOUT_SECONDS) {
      throw new IllegalArgumentException("request timeout of " + requestTimeout);
    }
    if (canonicalBit != -1 && (canonicalBit < FIRST_SECOND_WORD_BIT || canonicalBit >= Long.SIZE)) {
      throw new IllegalArgumentException("bit " + canonicalBit + " of the second word of flags");
    }
    if (canonicalBit != -1 && canonicalBit == maps.extentReplyBit()) {
      throw new IllegalArgumentException("bit " + canonicalBit + " for two extensions");
    }
  }

  /// Nothing known, no limits, locks kept by the server.
  public static ClientOptions standard() {
    return new ClientOptions(
        Duration.ZERO,
        null,
        -1,
        LockPolicy.SERVER,
        MapOptions.none(),
        Export.all(),
        MigrationPolicy.ABORT);
  }

  /// The same with a limit for requests.
  public ClientOptions withRequestTimeout(Duration limit) {
    return new ClientOptions(limit, architecture, canonicalBit, locks, maps, export, migration);
  }

  /// The same with clients of a certain architecture, null for any.
  public ClientOptions withArchitecture(@Nullable ClientArchitecture known) {
    return new ClientOptions(requestTimeout, known, canonicalBit, locks, maps, export, migration);
  }

  /// The same with a bit that asks clients for canonical numbers, -1 for none.
  public ClientOptions withCanonicalBit(int bit) {
    return new ClientOptions(requestTimeout, architecture, bit, locks, maps, export, migration);
  }

  /// The same with a choice of who keeps locks.
  public ClientOptions withLocks(LockPolicy policy) {
    return new ClientOptions(
        requestTimeout, architecture, canonicalBit, policy, maps, export, migration);
  }

  /// The same with clients that are told where files lie, as far as they ask.
  public ClientOptions withMaps(MapOptions told) {
    return new ClientOptions(
        requestTimeout, architecture, canonicalBit, locks, told, export, migration);
  }

  /// The same with clients that get something else of the file system.
  public ClientOptions withExport(Export given) {
    return new ClientOptions(
        requestTimeout, architecture, canonicalBit, locks, maps, given, migration);
  }

  /// The same with a choice of what is done when a client cannot go on elsewhere as it was.
  public ClientOptions withMigration(MigrationPolicy policy) {
    return new ClientOptions(
        requestTimeout, architecture, canonicalBit, locks, maps, export, policy);
  }

  int timeoutSeconds() {
    return (int) requestTimeout.toSeconds();
  }
}
