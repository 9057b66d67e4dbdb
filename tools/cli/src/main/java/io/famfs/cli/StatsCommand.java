package io.famfs.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `famfs stats`.
@Command(
    name = "stats",
    description = "Shows what a running server has done and how long it took.",
    footer = {
      "",
      "Servers of the same user are found by the sockets they make in the runtime directory.",
      "Times are those in the server, from the request being there to the reply being complete."
    })
final class StatsCommand extends BaseCommand {
  @Mixin private ServerChoice choice = new ServerChoice();

  @Option(names = "--all", description = "All servers of this user.")
  private boolean all;

  @Option(names = "--json", description = "Print JSON; an array with --all.")
  private boolean json;

  @Option(
      names = "--window",
      description = "With what every window shows: which range of which file where.")
  private boolean window;

  @Option(
      names = "--file",
      paramLabel = "PATH",
      description = {
        "Show one file: what was copied and mapped, where it lies, which windows show it. PATH is",
        "one in a mount, or relative to the root of the file system."
      })
  private @Nullable String file;

  @Override
  public Integer call() throws IOException {
    if (all && (choice.given() || file != null)) {
      throw CliException.misuse(
          "--all and " + (choice.given() ? "SERVER" : "--file") + " exclude each other");
    }
    int code = all ? printAll() : printOne();
    out().flush();
    return code;
  }

  private int printOne() throws IOException {
    Optional<Location> place = file == null ? Optional.empty() : Location.inMount(file);
    String server = choice.name();
    if (server == null) {
      server =
          place
              .map(Location::mount)
              .filter(Objects::nonNull)
              .map(mount -> mount.directory().toString())
              .orElse(null);
    }
    String path = file == null ? null : place.map(Location::path).orElse(file);
    String page = choice.one(server).get(target(path));
    if (json) {
      out().println(page);
    } else {
      print(JsonTree.parse(page));
    }
    return DONE;
  }

  private int printAll() throws IOException {
    List<String> complaints = new ArrayList<>();
    List<String> pages = new ArrayList<>();
    for (ServerChoice.Answer answer : choice.all(complaints)) {
      try {
        pages.add(answer.client().get(target(null)));
      } catch (CliException e) {
        complaints.add(e.getMessage());
      }
    }
    if (pages.isEmpty() && complaints.isEmpty() && !json) {
      throw new CliException(ServerChoice.none());
    }
    if (json) {
      out().println("[" + String.join(",\n", pages) + "]");
    } else {
      for (int i = 0; i < pages.size(); i++) {
        out().print(i == 0 ? "" : System.lineSeparator());
        print(JsonTree.parse(pages.get(i)));
      }
    }
    complaints.forEach(this::complain);
    return complaints.isEmpty() ? DONE : FAILED;
  }

  private String target(@Nullable String path) {
    List<String> query = new ArrayList<>();
    if (window) {
      query.add("window=1");
    }
    if (path != null) {
      String relative = path.replaceFirst("^/+", "");
      query.add("files=0");
      query.add("file=" + URLEncoder.encode(relative, StandardCharsets.UTF_8));
    }
    return query.isEmpty() ? "/stats" : "/stats?" + String.join("&", query);
  }

  private void print(JsonTree page) {
    StatsText text = new StatsText(out(), page);
    if (file != null) {
      text.file();
    } else {
      text.server();
    }
    if (window) {
      text.windows();
    }
  }
}
