package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.store.CheckReport;
import io.famfs.store.Finding;
import io.famfs.store.Severity;
import io.famfs.store.VolumeCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `famfs check`: whether what is mounted is what the log says.
@Command(
    name = "check",
    description = {
      "Compares a mounted file system with its log: every name, type, size, mode and owner,",
      "and the bytes at both ends of every extent with those on the device. Of an unmounted",
      "one, checks what the log says about files. 'fsck' checks the rest."
    },
    exitCodeOnExecutionException = CheckExit.OPERATIONAL,
    exitCodeOnInvalidInput = CheckExit.USAGE,
    footer = {
      "",
      "Exit code, the sum of: 1 files or directories differ or are left out; 2 the superblock"
          + " cannot be used; 4 the log cannot be used or has lost count; 8 the check could"
          + " not be done; 16 wrong usage."
    })
final class CheckCommand extends BaseCommand {
  @Option(
      names = {"-v", "--verbose"},
      description = "Say what was compared.")
  private boolean verbose;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing; the exit code tells.")
  private boolean quiet;

  @Mixin private VolumeTarget target = new VolumeTarget();

  /// One thing that is not as it should be.
  private record Difference(String path, String message) {}

  @Override
  public Integer call() throws IOException {
    Location location = target.locate();
    List<MappedDaxDevice> devices = new ArrayList<>();
    try {
      for (Path path : location.devices().paths()) {
        devices.add(location.devices().open(path, Mode.READ_ONLY));
      }
      CheckReport report = VolumeCheck.check(devices);
      List<Difference> differences = new ArrayList<>();
      report.findings().forEach(finding -> differences.add(difference(finding)));
      int code = code(report);
      String compared = "";
      if (location.mount() != null && report.usage() != null) {
        int before = differences.size();
        compared = compareMount(location, differences);
        code |= differences.size() > before ? CheckExit.FILES : CheckExit.CLEAN;
      }
      print(code, differences, compared);
      return code;
    } finally {
      devices.forEach(MappedDaxDevice::close);
    }
  }

  private static Difference difference(Finding finding) {
    return new Difference(finding.path() == null ? "" : finding.path(), finding.describe());
  }

  private static int code(CheckReport report) {
    int code = CheckExit.CLEAN;
    for (Finding finding : report.findings()) {
      code |=
          switch (finding.fault().rule()) {
            case LOG_MAGIC,
                LOG_CRC,
                LOG_HEADER_LENGTH,
                LOG_LAST_INDEX,
                LOG_NEXT_INDEX,
                LOG_NEXT_SEQNUM,
                LOG_ENTRIES_BEYOND ->
                CheckExit.LOG;
            default ->
                finding.severity() == Severity.UNREADABLE ? CheckExit.SUPERBLOCK : CheckExit.FILES;
          };
    }
    return code;
  }

  private static String compareMount(Location location, List<Difference> differences)
      throws IOException {
    MountTable.Entry mount = location.mount();
    if (mount == null) {
      return "";
    }
    try (OpenVolume opened = OpenVolume.forReading(location.devices())) {
      MountComparison comparison =
          new MountComparison(
              opened.volume(),
              mount.directory(),
              (path, message) -> differences.add(new Difference(path, message)));
      comparison.compare(opened.volume().namespace().root());
      return comparison.files() + " files, " + comparison.directories() + " directories compared";
    }
  }

  private void print(int code, List<Difference> differences, String compared) {
    if (json) {
      StringBuilder text = new StringBuilder();
      JsonWriter writer = new JsonWriter(text).beginObject();
      writer.name("clean").value(code == CheckExit.CLEAN);
      writer.name("exit_code").value(code).name("differences").beginArray();
      for (Difference difference : differences) {
        writer.beginObject().name("path").value(difference.path());
        writer.name("message").value(difference.message()).endObject();
      }
      writer.endArray().endObject();
      out().println(text);
    } else if (!quiet) {
      for (Difference difference : differences) {
        String path = difference.path().isEmpty() ? "" : "/" + difference.path() + ": ";
        out().println(Inodes.printable(path + difference.message()));
      }
      if (verbose && !compared.isEmpty()) {
        out().println(compared);
      }
      out().println(code == CheckExit.CLEAN ? "clean" : differences.size() + " differences");
    }
    out().flush();
  }
}
