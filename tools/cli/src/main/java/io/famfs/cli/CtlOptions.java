package io.famfs.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which server `famfs ctl` asks, and how its answer is shown.
final class CtlOptions {
  @Option(
      names = "--server",
      paramLabel = "SERVER",
      description = "Which one: a process number, a tag, or a socket (default: the one there is).")
  private @Nullable String server;

  @Option(names = "--json", description = "Print what the server answers, as JSON.")
  private boolean json;

  boolean json() {
    return json;
  }

  ServerClient client() throws IOException {
    return new ServerChoice().one(server);
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
