package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.store.CheckReport;
import io.famfs.store.VolumeCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `famfs fsck`: looks, and changes nothing.
@Command(
    name = "fsck",
    description = "Checks a file system, beside its users or alone, without changing it.",
    mixinStandardHelpOptions = false,
    versionProvider = VersionText.class,
    exitCodeOnExecutionException = FsckExit.OPERATIONAL,
    exitCodeOnInvalidInput = FsckExit.USAGE,
    footer = {
      "",
      "Exit codes, as of fsck(8): 0 clean; 4 there are faults; 8 the check could not be"
          + " done; 16 wrong usage."
    })
final class FsckCommand extends BaseCommand {
  @Option(
      names = {"-?", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print version information and exit.")
  boolean version;

  @Option(
      names = {"-v", "--verbose"},
      description = "Sizes of all structures, too.")
  private boolean verbose;

  @Option(
      names = {"-h", "--human"},
      description = "Sizes as 1.5G, not in bytes.")
  private boolean human;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = {
        "-M",
        "--set-daxmode",
        "-L",
        "--load-module",
        "-F",
        "--nofuse",
        "--fuse",
        "-m",
        "--mmap",
        "-r",
        "--read",
        "-D",
        "--nodax",
        "-f",
        "--force"
      },
      description =
          "Taken for the sake of scripts, without effect: a device is always mapped as it is.")
  private boolean[] ignored = {};

  @Mixin private VolumeTarget target = new VolumeTarget();

  @Override
  public Integer call() throws IOException {
    Devices named = target.devices();
    List<MappedDaxDevice> devices = new ArrayList<>();
    try {
      for (Path device : named.paths()) {
        devices.add(named.open(device, Mode.READ_ONLY));
      }
      CheckReport report = VolumeCheck.check(devices);
      if (!report.missing().isEmpty()) {
        for (Path found : missing(named)) {
          devices.add(named.open(found, Mode.READ_ONLY));
        }
        report = VolumeCheck.check(devices);
      }
      print(devices, report);
      boolean whole = report.clean() && report.missing().isEmpty();
      return whole ? FsckExit.CLEAN : FsckExit.UNCORRECTED;
    } finally {
      devices.forEach(MappedDaxDevice::close);
    }
  }

  private static List<Path> missing(Devices named) throws IOException {
    try (OpenVolume opened = OpenVolume.forReading(named)) {
      return opened.devices().stream()
          .map(device -> Path.of(device.name()))
          .filter(path -> !named.paths().contains(path))
          .toList();
    }
  }

  private void print(List<MappedDaxDevice> devices, CheckReport report) throws IOException {
    if (json) {
      StringBuilder text = new StringBuilder();
      JsonWriter writer = new JsonWriter(text).beginObject();
      new FsckJson(writer).report(report, devices, HostIdentity.read());
      writer.endObject();
      out().println(text);
    } else {
      FsckText text = new FsckText(out(), human, verbose);
      text.faults(devices.getFirst().name(), report);
      text.volume(report, HostIdentity.read());
      text.verdict(report);
    }
    out().flush();
  }
}
