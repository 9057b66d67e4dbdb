package io.famfs.cli;

import io.famfs.os.ErrnoException;
import io.famfs.os.Identity;
import io.famfs.os.Listening;
import io.famfs.os.sandbox.Account;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// The options that say who can connect to the sockets of a server, and which it is given.
final class ListenOptions {
  /// The first descriptor that systemd passes on.
  private static final int FIRST_PASSED = 3;

  private static final int MOST_PASSED = 1024;
  private static final int OWNER_ONLY = 0600;
  private static final int OWNER_AND_GROUP = 0660;

  @Option(
      names = "--socket-mode",
      paramLabel = "MODE",
      converter = ModeConverter.class,
      description = "Mode of the sockets' files, octal (default: 0600; with --socket-group 0660).")
  private @Nullable Integer mode;

  @Option(
      names = "--socket-group",
      paramLabel = "GROUP",
      converter = GroupConverter.class,
      description = "Group of the sockets' files, name or number (default: the server's).")
  private @Nullable Integer group;

  @Option(
      names = "--fd",
      paramLabel = "N",
      description = {
        "Serve at a socket that listens already and was passed on as descriptor N; may be repeated.",
        "Sockets passed on by systemd are taken when there is neither this nor --socket."
      })
  private List<Integer> descriptors = new ArrayList<>();

  /// How the sockets are made.
  Listening made() {
    int standard = group == null ? OWNER_ONLY : OWNER_AND_GROUP;
    try {
      return new Listening.Bound(mode == null ? standard : mode, group == null ? -1 : group);
    } catch (IllegalArgumentException e) {
      throw CliException.misuse("--socket-mode: " + e.getMessage());
    }
  }

  /// The sockets that were passed on.
  ///
  /// @param alone whether there are no others
  List<Listening.Inherited> passed(boolean alone) {
    List<Integer> numbers = new ArrayList<>(descriptors);
    if (numbers.isEmpty() && alone) {
      numbers.addAll(activated(System.getenv(), Identity.pid()));
    }
    List<Listening.Inherited> passed = new ArrayList<>();
    for (int number : numbers) {
      Listening.Inherited socket = new Listening.Inherited(number);
      if (number < FIRST_PASSED || passed.contains(socket)) {
        throw CliException.misuse("--fd " + number + ": a number from 3, once");
      }
      passed.add(socket);
    }
    return passed;
  }

  /// Where a socket that was passed on listens.
  static Path pathOf(Listening.Inherited socket) {
    try {
      return socket.path();
    } catch (ErrnoException e) {
      throw CliException.misuse("--fd " + socket.fd() + ": " + e.getMessage());
    }
  }

  /// The descriptors that a service manager has passed on, by its protocol: `sd_listen_fds(3)`.
  static List<Integer> activated(Map<String, String> environment, int pid) {
    List<Integer> numbers = new ArrayList<>();
    String count = environment.getOrDefault("LISTEN_FDS", "");
    if (!Integer.toString(pid).equals(environment.get("LISTEN_PID"))) {
      return numbers;
    }
    try {
      int most = Integer.parseInt(count);
      if (most < 0 || most > MOST_PASSED) {
        throw CliException.misuse("LISTEN_FDS=" + count + ": at most " + MOST_PASSED);
      }
      for (int i = 0; i < most; i++) {
        numbers.add(FIRST_PASSED + i);
      }
      return numbers;
    } catch (NumberFormatException e) {
      throw CliException.misuse("LISTEN_FDS=" + count + ": not a number");
    }
  }

  static final class GroupConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      try {
        return Account.group(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
