package io.famfs.cli;

import picocli.CommandLine.Command;

/// `famfs ctl`: doors of a server that runs.
@Command(
    name = "ctl",
    description = "Lists, adds and removes the sockets and mounts of a server that runs.",
    subcommands = {CtlListCommand.class, CtlAddCommand.class, CtlRemoveCommand.class})
final class CtlCommand extends BaseCommand {
  @Override
  public Integer call() {
    return explainUsage();
  }
}
