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
  private static final int USAGE = 2;

  @Override
  public Integer call() {
    spec.commandLine().usage(err());
    err().flush();
    return USAGE;
  }
}
