package io.famfs.cli;

import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.MigrationPolicy;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/// The options for guests that go from one server to another.
final class MigrationOptions {
  @Option(
      names = "--incoming",
      description = {
        "Serve beside the process of this host that serves the file system now: guests that migrate",
        "come from there. Nothing is created until that one has handed over its last guest, or has",
        "ended."
      })
  private boolean incoming;

  @Option(
      names = "--migration-on-error",
      paramLabel = "WHAT",
      converter = Converter.class,
      description = {
        "When a lock, a file or the file system of a guest that migrates is not there as it was:",
        "abort (the migration fails, the guest goes on where it was) or guest-error (the guest goes",
        "on, and gets errors for what is lost; each is logged) (default: abort)."
      })
  private MigrationPolicy onError = MigrationPolicy.ABORT;

  /// The policy as it is written.
  static final class Converter implements ITypeConverter<MigrationPolicy> {
    @Override
    public MigrationPolicy convert(String value) {
      return switch (value) {
        case "abort" -> MigrationPolicy.ABORT;
        case "guest-error" -> MigrationPolicy.GUEST_ERROR;
        default ->
            throw CliException.misuse(
                "--migration-on-error is abort or guest-error, not '" + value + "'");
      };
    }
  }

  ClientOptions apply(ClientOptions options) {
    return options.withMigration(onError);
  }

  /// How the volume is opened.
  ///
  /// @param otherwise without these options
  /// @throws CliException when that one excludes them
  ServeMode mode(ServeMode otherwise) {
    if (incoming && otherwise != ServeMode.BY_ROLE) {
      throw CliException.misuse(
          "--incoming is for a server that may create: not --ro, not --follow");
    }
    return incoming ? ServeMode.INCOMING : otherwise;
  }
}
