package io.famfs.cli;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs ctl remove`: one door less.
@Command(
    name = "remove",
    description = "Removes a socket or a mount from a server, unless somebody uses it.")
final class CtlRemoveCommand extends BaseCommand {
  @Mixin private CtlOptions options = new CtlOptions();

  @Option(names = "--force", description = "Also when it is in use: its clients get errors.")
  private boolean force;

  @Parameters(index = "0", paramLabel = "PATH", description = "Where it is.")
  private String path = "";

  @Override
  public Integer call() throws IOException {
    String absolute = DoorValues.path("PATH", path).toAbsolutePath().toString();
    String answer =
        options
            .client()
            .post(
                DoorActions.REMOVE
                    + "?path="
                    + CtlOptions.encoded(absolute)
                    + (force ? "&force=true" : ""));
    if (options.json()) {
      out().println(answer.strip());
      out().flush();
    }
    return DONE;
  }
}
