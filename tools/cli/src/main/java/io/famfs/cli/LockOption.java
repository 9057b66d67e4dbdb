package io.famfs.cli;

import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.LockPolicy;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/// The option that says who keeps the locks programs take on files.
final class LockOption {
  @Option(
      names = "--locks",
      paramLabel = "WHO",
      description = {
        "server: this server, so that all its clients see each other's locks; none: each kernel",
        "its own; refuse: nobody, a request for a lock fails with ENOLCK",
        "(default: ${DEFAULT-VALUE})."
      })
  private LockPolicy locks = LockPolicy.SERVER;

  ClientOptions apply(ClientOptions options) {
    return options.withLocks(locks);
  }

  /// The option for another command.
  List<String> arguments() {
    return List.of("--locks", locks.name().toLowerCase(Locale.ROOT));
  }
}
