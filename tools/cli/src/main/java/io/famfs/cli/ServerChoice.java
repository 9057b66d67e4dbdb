package io.famfs.cli;

import io.famfs.os.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/// The argument that says which running server is meant.
final class ServerChoice {
  private static final int FILE_TYPE = 0170000;
  private static final int SOCKET = 0140000;
  private static final Path SHARED = Path.of("/run/famfs");

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "SERVER",
      description = {
        "Which one: where it is mounted, its tag, its process number, or its socket",
        "(default: the one there is)."
      })
  private @Nullable String wanted;

  /// A server that has answered.
  ///
  /// @param client asks it again
  /// @param page what it said
  record Answer(ServerClient client, JsonTree page) {
    JsonTree server() {
      return page.get("server");
    }

    /// Such as `mount /mnt (process 4711)`.
    String title() {
      return server().get("kind").text()
          + " "
          + server().get("name").text()
          + " (process "
          + server().get("pid").number()
          + ")";
    }
  }

  /// Whether a server was named.
  boolean given() {
    return wanted != null;
  }

  /// The name that was given, null for none.
  @Nullable String name() {
    return wanted;
  }

  /// The server that is meant.
  ServerClient one() throws IOException {
    return one(wanted);
  }

  /// The server of this name; the only one there is for null.
  ServerClient one(@Nullable String name) throws IOException {
    if (name != null && isControlSocket(name)) {
      return new ServerClient(Path.of(name));
    }
    List<String> complaints = new ArrayList<>();
    List<Answer> all = all(complaints);
    if (name != null) {
      return named(name, all);
    }
    if (all.size() == 1) {
      return all.getFirst().client();
    }
    if (all.isEmpty()) {
      throw new CliException(complaints.isEmpty() ? none() : complaints.getFirst());
    }
    throw new CliException(all.size() + " servers run, name one: " + titles(all));
  }

  /// All servers of this user that answer.
  ///
  /// @param complaints takes a line for each one that does not answer
  List<Answer> all(List<String> complaints) throws IOException {
    Path directory = RuntimeDirectory.path();
    List<Answer> answers = new ArrayList<>();
    for (RunningServer server :
        directory == null ? List.<RunningServer>of() : RunningServer.in(directory)) {
      if (server.isDead()) {
        continue;
      }
      ServerClient client = new ServerClient(server.socket());
      try {
        answers.add(new Answer(client, JsonTree.parse(client.get("/stats?files=0"))));
      } catch (CliException e) {
        complaints.add(e.getMessage());
      }
    }
    return answers;
  }

  private static ServerClient named(String name, List<Answer> all) throws IOException {
    List<Answer> meant = all.stream().filter(answer -> matches(name, answer)).toList();
    if (meant.size() == 1) {
      return meant.getFirst().client();
    }
    if (meant.size() > 1) {
      throw new CliException(
          "'" + name + "' is several servers, use the process number: " + titles(meant));
    }
    Path path = Path.of(name);
    if (isSocket(path)) {
      return new ServerClient(path);
    }
    throw new CliException(
        all.isEmpty()
            ? "'" + name + "': " + none()
            : "no server is called '" + name + "': there are " + titles(all));
  }

  /// A server of several sockets has their tags and their paths, separated by commas.
  private static boolean matches(String name, Answer answer) {
    JsonTree server = answer.server();
    String path = MountTable.followed(Path.of(name).toAbsolutePath()).toString();
    List<String> names = List.of(server.get("name").raw().split(",", -1));
    List<String> sockets = List.of(server.get("details").get("socket").raw().split(",", -1));
    return name.equals(Long.toString(server.get("pid").number()))
        || names.contains(name)
        || path.equals(server.get("name").raw())
        || sockets.contains(path)
        || sockets.contains(name);
  }

  private static boolean isControlSocket(String name) throws IOException {
    Path path = Path.of(name).toAbsolutePath();
    return path.getParent() != null
        && path.getParent().equals(RuntimeDirectory.path())
        && isSocket(path);
  }

  private static boolean isSocket(Path path) throws IOException {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && ((Integer) Files.getAttribute(path, "unix:mode") & FILE_TYPE) == SOCKET;
  }

  private static String titles(List<Answer> answers) {
    return answers.stream().map(Answer::title).collect(Collectors.joining(", "));
  }

  /// What to do when there is no server.
  static String none() {
    return Identity.effectiveUid() == 0 || !Files.isDirectory(SHARED)
        ? "no server runs: start one with 'famfs mount' or 'famfs serve'"
        : "no server of this user runs; those of root answer root only";
  }
}
