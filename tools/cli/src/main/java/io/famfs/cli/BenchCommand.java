package io.famfs.cli;

import picocli.CommandLine.Command;

/// `famfs bench`: how fast servers are.
@Command(
    name = "bench",
    description = "Puts load on virtio-fs servers, this one and others, and compares them.",
    subcommands = {BenchVirtiofsCommand.class, BenchCompareCommand.class})
final class BenchCommand extends BaseCommand {
  @Override
  public Integer call() {
    return explainUsage();
  }
}
