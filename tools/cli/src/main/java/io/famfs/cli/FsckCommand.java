package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.store.CheckReport;
import io.famfs.store.VolumeCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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

  @Parameters(
      arity = "1..*",
      paramLabel = "DEVICE|MOUNTPOINT",
      description = "What to check: all devices of a file system, or where it is mounted.")
  private List<Path> targets = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    List<MappedDaxDevice> devices = new ArrayList<>();
    try {
      for (Path device : devices()) {
        devices.add(OpenVolume.device(device, Mode.READ_ONLY));
      }
      CheckReport report = VolumeCheck.check(devices);
      print(devices, report);
      return report.clean() ? FsckExit.CLEAN : FsckExit.UNCORRECTED;
    } finally {
      devices.forEach(MappedDaxDevice::close);
    }
  }

  private List<Path> devices() {
    if (!Files.isDirectory(targets.getFirst())) {
      return targets;
    }
    Path target = targets.getFirst();
    if (targets.size() > 1) {
      throw CliException.misuse(target + " is a directory: name one mount point, or devices");
    }
    return Location.inMount(target.toString())
        .map(Location::devices)
        .orElseThrow(() ->
            new CliException(
                target
                    + " is a directory outside every famfs mount: name a device or a mount"
                    + " point"));
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
