package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntry.MkdirEntry;
import io.famfs.core.format.MediaFault;
import io.famfs.core.shadow.ShadowText;
import io.famfs.store.VolumeReport;
import io.famfs.store.VolumeUsage;
import io.famfs.store.namespace.Inode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `famfs logplay`.
@Command(
    name = "logplay",
    description = "Replays the log and reports what it holds; writes a shadow tree if asked.",
    footer = {
      "",
      "Mounts of 'famfs mount' follow the log by themselves; nothing has to be",
      "replayed for them. Exit codes: 0 nothing wrong, 1 faults or failures."
    })
final class LogplayCommand extends BaseCommand {
  @Mixin private VolumeTarget target = new VolumeTarget();

  @Option(
      names = {"-d", "--daxdev"},
      paramLabel = "DEVICE",
      description = "The same as --device.")
  private @Nullable Path daxdev;

  @Option(
      names = {"-S", "--shadow"},
      paramLabel = "DIR",
      description = "Write the tree that the reference's FUSE daemon serves to DIR/root.")
  private @Nullable Path shadow;

  @Option(
      names = {"-s", "--shadowtest"},
      description = "Read every text of the shadow tree back and compare it with the log.")
  private boolean shadowTest;

  @Option(
      names = {"-n", "--dryrun"},
      description = "Write nothing.")
  private boolean dryRun;

  @Option(
      names = {"-v", "--verbose"},
      description = "A line for each entry; with -n the texts themselves.")
  private boolean verbose;

  @Option(
      names = {"-m", "--mmap"},
      description = "Read the log through memory: always done.")
  private boolean mmap;

  @Option(
      names = {"-r", "--read"},
      description = "Accepted; the log is read through memory all the same.")
  private boolean read;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  private final Tally files = new Tally();
  private final Tally directories = new Tally();
  private long compared;
  private long different;

  /// What became of the files, or of the directories.
  private static final class Tally {
    long made;
    long present;
    long failed;
  }

  @Option(
      names = {"-c", "--client"},
      description = "Replay as a client: what is written is the same.")
  void client(boolean asClient) {
    // Only the reference's stand-alone mode makes a difference.
  }

  @Override
  public Integer call() throws IOException {
    if (mmap && read) {
      throw CliException.misuse("--mmap and --read exclude each other");
    }
    if (shadowTest && shadow == null) {
      throw CliException.misuse("--shadowtest needs --shadow DIR");
    }
    Devices devices = daxdev == null ? target.devices() : Devices.of(List.of(daxdev));
    if (daxdev != null && !target.missing()) {
      throw CliException.misuse("--daxdev names the device: nothing else can be named");
    }
    try (OpenVolume opened = OpenVolume.forReading(devices)) {
      if (shadow != null) {
        replay(opened, shadow);
      }
      print(opened);
      boolean good =
          opened.volume().report().clean() && files.failed + directories.failed + different == 0;
      return good ? DONE : FAILED;
    }
  }

  private void replay(OpenVolume opened, Path directory) throws IOException {
    if (dryRun) {
      for (Inode inode : LogEntries.inLogOrder(opened.volume())) {
        if (verbose && LogEntries.of(opened.volume(), inode) instanceof FileEntry file) {
          out().print(ShadowText.of(file));
        }
      }
      return;
    }
    try (ShadowTree tree = ShadowTree.open(directory)) {
      for (Inode inode : LogEntries.inLogOrder(opened.volume())) {
        LogEntry entry = LogEntries.of(opened.volume(), inode);
        Tally tally = entry instanceof FileEntry ? files : directories;
        try {
          if (place(tree, entry)) {
            tally.made++;
          } else {
            tally.present++;
          }
        } catch (IOException e) {
          tally.failed++;
          complain(String.valueOf(e.getMessage()));
        }
      }
    }
  }

  /// Returns whether something was made.
  private boolean place(ShadowTree tree, LogEntry entry) throws IOException {
    return switch (entry) {
      case MkdirEntry mkdir -> {
        boolean made = tree.make(mkdir);
        mention(made, "directory", mkdir.path().toString());
        yield made;
      }
      case FileEntry file -> {
        boolean made = tree.make(file);
        mention(made, "file", file.path().toString());
        if (shadowTest) {
          compare(tree, file);
        }
        yield made;
      }
      case LogEntry.AddDaxdevEntry _, LogEntry.UnknownEntry _ -> false;
    };
  }

  private void mention(boolean made, String what, String name) {
    if (verbose && !json) {
      out().println((made ? "made " : "there is ") + what + " " + Inodes.printable(name));
    }
  }

  private void compare(ShadowTree tree, FileEntry file) throws IOException {
    compared++;
    String difference = ShadowCheck.difference(file, tree.read(file));
    if (difference != null) {
      different++;
      complain("the shadow file of " + Inodes.printable(file.path() + ": " + difference));
    }
  }

  private void print(OpenVolume opened) {
    VolumeUsage usage = opened.volume().usage();
    VolumeReport report = opened.volume().report();
    if (json) {
      out().println(json(usage, report));
    } else {
      String name = opened.devices().getFirst().name();
      out()
          .println(
              name
                  + ": "
                  + usage.logEntriesUsed()
                  + " log entries: "
                  + usage.files()
                  + " files, "
                  + usage.directories()
                  + " directories, "
                  + report.entriesLeftOut()
                  + " left out");
      if (shadow != null && !dryRun) {
        shadowText();
      }
      for (MediaFault fault : report.faults()) {
        out().println(name + ": " + fault.describe() + "; " + fault.rule().advice());
      }
    }
    out().flush();
  }

  private void shadowText() {
    out().println(tally("files", files) + "; " + tally("directories", directories));
    if (shadowTest) {
      out().println(compared + " shadow files compared with the log, " + different + " differ");
    }
  }

  private static String tally(String what, Tally tally) {
    return what
        + ": "
        + tally.made
        + " made, "
        + tally.present
        + " there already, "
        + tally.failed
        + " failed";
  }

  private String json(VolumeUsage usage, VolumeReport report) {
    StringBuilder text = new StringBuilder();
    JsonWriter writer = new JsonWriter(text);
    writer.beginObject().name("log_entries").value(usage.logEntriesUsed());
    writer.name("files").value(usage.files()).name("directories").value(usage.directories());
    writer.name("entries_left_out").value(report.entriesLeftOut());
    writer.name("fault_count").value(report.faultCount());
    if (shadow != null && !dryRun) {
      json(writer, "shadow_files", files);
      json(writer, "shadow_directories", directories);
      writer.name("compared").value(compared).name("different").value(different);
    }
    writer.endObject();
    return text.toString();
  }

  private static void json(JsonWriter writer, String name, Tally tally) {
    writer.name(name).beginObject().name("made").value(tally.made);
    writer.name("present").value(tally.present).name("failed").value(tally.failed).endObject();
  }
}
