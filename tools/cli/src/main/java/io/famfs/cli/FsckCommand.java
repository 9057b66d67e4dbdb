package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.store.CheckReport;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.VolumeCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `famfs fsck`: looks, and if it is told to, repairs.
@Command(
    name = "fsck",
    description = {
      "Checks a file system, beside its users or alone, without changing it. With --repair,",
      "sets right what is wrong; then nobody else may use it."
    },
    mixinStandardHelpOptions = false,
    versionProvider = VersionText.class,
    exitCodeOnExecutionException = FsckExit.OPERATIONAL,
    exitCodeOnInvalidInput = FsckExit.USAGE,
    footer = {
      "",
      "Exit codes, as of fsck(8): 0 clean; 1 there were faults, all are repaired; 4 there"
          + " are faults; 8 the check or the repair could not be done; 16 wrong usage."
    })
final class FsckCommand extends BaseCommand {
  private static final int MAX_BUCKETS = 64;

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

  @Option(
      names = {"-B", "--nbuckets"},
      paramLabel = "N",
      description = "Cut the device into N buckets (1 to 64) and say how full each is.")
  private @Nullable Integer bucketCount;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin private FsckRepair repair = new FsckRepair();

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
        "--nodax"
      },
      description =
          "Taken for the sake of scripts, without effect: a device is always mapped as it is.")
  private boolean[] ignored = {};

  @Mixin private VolumeTarget target = new VolumeTarget();

  @Override
  public Integer call() throws IOException {
    repair.require();
    if (bucketCount != null && (bucketCount < 1 || bucketCount > MAX_BUCKETS)) {
      throw CliException.misuse("1 to " + MAX_BUCKETS + " buckets, not " + bucketCount);
    }
    Location location = target.locate();
    MountTable.Entry mount = location.mount();
    if (mount != null && repair.writes()) {
      throw new CliException(
          mount.directory() + " is mounted: unmount it, then repair its device " + mount.device());
    }
    List<MappedDaxDevice> devices = new ArrayList<>();
    try {
      for (Path path : location.devices().paths()) {
        devices.add(open(location.devices(), path));
      }
      return check(location.devices(), devices);
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

  private MappedDaxDevice open(Devices named, Path path) throws IOException {
    return repair.writes() ? named.lock(path) : named.open(path, Mode.READ_ONLY);
  }

  private int check(Devices named, List<MappedDaxDevice> devices) throws IOException {
    if (repair.undoes()) {
      repair.applyUndo(devices);
    }
    CheckReport report = VolumeCheck.check(devices);
    if (!report.missing().isEmpty()) {
      for (Path found : missing(named)) {
        devices.add(open(named, found));
      }
      report = VolumeCheck.check(devices);
    }
    if (!repair.wanted() || repair.undoes()) {
      print(devices, report, null);
      boolean whole = report.clean() && report.missing().isEmpty();
      return whole ? FsckExit.CLEAN : FsckExit.UNCORRECTED;
    }
    UUID host = repair.writes() ? HostIdentity.readOrCreate() : HostIdentity.read();
    FsckRepair.Outcome outcome =
        repair.run(devices, report, host == null ? UUID.randomUUID() : host);
    print(devices, report, outcome);
    return outcome.exitCode();
  }

  /// Prints what was wrong, what was done, and what is there now.
  private void print(
      List<MappedDaxDevice> devices, CheckReport before, FsckRepair.@Nullable Outcome outcome)
      throws IOException {
    CheckReport now = outcome == null ? before : outcome.report();
    UUID host = HostIdentity.read();
    List<FsckBuckets> buckets = buckets(devices, now);
    if (json) {
      StringBuilder text = new StringBuilder();
      JsonWriter writer = new JsonWriter(text).beginObject();
      if (outcome != null) {
        outcome.write(writer);
        new FsckJson(writer).findings("faults_before", before.findings());
      }
      new FsckJson(writer).report(now, devices, host);
      if (bucketCount != null) {
        writer.name("buckets").beginArray();
        buckets.forEach(bucket -> bucket.write(writer));
        writer.endArray();
      }
      writer.endObject();
      out().println(text);
    } else {
      FsckText text = new FsckText(out(), human, verbose);
      String name = devices.getFirst().name();
      text.faults(name, before);
      if (outcome != null) {
        outcome.print(out());
        if (outcome.undoFile() != null && !now.clean()) {
          out().println("still wrong:");
          text.faults(name, now);
        }
      }
      text.volume(now, host);
      if (bucketCount != null) {
        text.buckets(buckets);
      }
      text.verdict(now);
    }
    out().flush();
  }

  private List<FsckBuckets> buckets(List<MappedDaxDevice> devices, CheckReport report)
      throws IOException {
    if (bucketCount == null || report.usage() == null) {
      return List.of();
    }
    try (Volume volume = Volume.open(devices, OpenOptions.forReading())) {
      return FsckBuckets.of(volume, bucketCount);
    }
  }
}
