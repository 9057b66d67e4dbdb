package io.famfs.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/// `famfs`: shared-memory file systems, made, filled, served and mounted.
@Command(
    name = "famfs",
    description = "Shared-memory file systems: make, fill, check, serve to guests, mount.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Sizes take k, M, G, T. Exit codes: 0 done, 1 failed, 2 wrong usage.",
      "'mkfs.famfs' makes a file system."
    },
    subcommands = {
      DevaddCommand.class,
      CpCommand.class,
      MkdirCommand.class,
      CreatCommand.class,
      VerifyCommand.class,
      LsCommand.class,
      CatCommand.class,
      GetmapCommand.class,
      StatCommand.class,
      DfCommand.class,
      MapCommand.class,
      FlushCommand.class,
      ChkreadCommand.class,
      CloneCommand.class,
      MkmetaCommand.class,
      LogplayCommand.class,
      PoisonCommand.class,
      FsckCommand.class,
      CheckCommand.class,
      DumpCommand.class,
      ExportCommand.class,
      ImportCommand.class,
      ServeCommand.class,
      CtlCommand.class,
      SuperviseCommand.class,
      MountCommand.class,
      UmountCommand.class,
      StatsCommand.class,
      TopCommand.class,
      BenchCommand.class,
      DemoCommand.class,
      HelpCommand.class
    })
final class FamfsCommand extends BaseCommand {
  @Override
  public Integer call() {
    return explainUsage();
  }
}
