package io.famfs.cli;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs ctl add`: one more door.
@Command(
    name = "add",
    description = {
      "Adds a socket, or with --mount a mount, to a server. What its options say for all sockets",
      "holds for this one, too. It is gone when the server ends."
    })
final class CtlAddCommand extends BaseCommand {
  @Mixin private CtlOptions options = new CtlOptions();

  @Option(names = "--mount", description = "Mount at PATH on this host.")
  private boolean mount;

  @Parameters(
      index = "0",
      paramLabel = "PATH[,KEY=VALUE...]",
      description = "Where, and what its clients get, as of 'famfs serve --socket'.")
  private String door = "";

  @Override
  public Integer call() throws IOException {
    String kind = mount ? "mount" : "socket";
    int comma = door.indexOf(',');
    String path = comma < 0 ? door : door.substring(0, comma);
    String absolute =
        DoorValues.path("PATH", path).toAbsolutePath() + (comma < 0 ? "" : door.substring(comma));
    String answer =
        options
            .client()
            .post(DoorActions.ADD + "?kind=" + kind + "&door=" + CtlOptions.encoded(absolute));
    if (options.json()) {
      out().println(answer.strip());
      out().flush();
    }
    return DONE;
  }
}
