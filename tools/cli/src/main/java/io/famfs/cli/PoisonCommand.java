package io.famfs.cli;

import picocli.CommandLine.Command;

/// `famfs poison`: bad memory.
@Command(
    name = "poison",
    description = {
      "Bad memory of devices: what the system lists, what accesses have found, what is said here.",
      "Files give errors there, and nothing new is put there. Mounts and servers follow within a",
      "second."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {PoisonAddCommand.class, PoisonListCommand.class, PoisonClearCommand.class})
final class PoisonCommand extends BaseCommand {
  @Override
  public Integer call() {
    return explainUsage();
  }
}
