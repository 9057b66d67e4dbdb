package io.famfs.cli;

import io.famfs.core.DaxDevice;
import io.famfs.core.JsonWriter;
import io.famfs.core.Role;
import io.famfs.core.format.Superblock;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.store.CheckReport;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.VolumeCheck;
import io.famfs.store.repair.CorruptPolicy;
import io.famfs.store.repair.RepairAction;
import io.famfs.store.repair.RepairExecutor;
import io.famfs.store.repair.RepairOptions;
import io.famfs.store.repair.RepairPlan;
import io.famfs.store.repair.RepairPlanner;
import io.famfs.store.repair.UndoFile;
import io.famfs.store.repair.UndoWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of `fsck` that repair, and what they do.
final class FsckRepair {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

  @Option(
      names = {"-y", "--repair"},
      description = "Repair what is wrong, after writing an undo file.")
  private boolean repair;

  @Option(
      names = {"-n", "--dry-run"},
      description = "Print what --repair would do, and write nothing.")
  private boolean dryRun;

  @Option(
      names = "--undo",
      paramLabel = "FILE",
      description =
          "The undo file, which must not exist yet (default: famfs-undo-UUID-TIME.undo in the"
              + " current directory).")
  private @Nullable Path undo;

  @Option(
      names = "--undo-apply",
      paramLabel = "FILE",
      description = "Take back the repair that wrote this undo file, byte for byte.")
  private @Nullable Path undoApply;

  @Option(
      names = "--corrupt",
      paramLabel = "POLICY",
      description =
          "What becomes of unreadable entries: quarantine (default) keeps the space they name as a"
              + " file in lost+found, drop frees it.")
  private CorruptPolicy corrupt = CorruptPolicy.QUARANTINE;

  @Option(
      names = "--fs-uuid",
      paramLabel = "UUID",
      description = "The uuid of a file system whose superblock has lost it.")
  private @Nullable UUID fsUuid;

  @Option(
      names = {"-f", "--force"},
      description =
          "Repair a file system that another host owns; undo what has changed since. Without effect"
              + " otherwise.")
  private boolean force;

  /// Whether anything is to be planned or written.
  boolean wanted() {
    return repair || dryRun || undoApply != null;
  }

  /// Whether devices are written to.
  boolean writes() {
    return undoApply != null || (repair && !dryRun);
  }

  /// Whether an undo file is to be applied.
  boolean undoes() {
    return undoApply != null;
  }

  /// Refuses options that do not go together.
  void require() {
    if (undoApply != null && (repair || dryRun || undo != null)) {
      throw CliException.misuse("--undo-apply goes without --repair, --dry-run and --undo");
    }
    if (undo != null && !repair) {
      throw CliException.misuse("--undo needs --repair");
    }
  }

  /// Puts back what an undo file holds.
  void applyUndo(List<MappedDaxDevice> devices) throws IOException {
    if (undoApply == null) {
      return;
    }
    try (UndoFile file = UndoFile.open(undoApply)) {
      file.apply(devices, force);
    }
  }

  /// Plans, and unless it is a dry run carries out.
  ///
  /// @param before what is wrong now
  /// @param host the uuid of this host
  Outcome run(List<MappedDaxDevice> devices, CheckReport before, UUID host) throws IOException {
    RepairOptions options = new RepairOptions(corrupt, fsUuid, host, UUID::randomUUID);
    List<DaxDevice> ordered = byIndex(devices);
    RepairPlan plan = RepairPlanner.plan(ordered, options);
    if (plan.empty() || dryRun) {
      return new Outcome(plan, null, before);
    }
    requireOwner(plan.superblock(), host);
    Path file = undo == null ? defaultUndo(plan.superblock()) : undo;
    UndoWriter.write(file, plan, ordered);
    RepairExecutor.execute(plan, ordered);
    return new Outcome(plan, file, VolumeCheck.check(devices));
  }

  /// The devices by index, up to the first that is missing. When the volume cannot be opened,
  /// nothing tells which is which, and only the first one is used.
  private static List<DaxDevice> byIndex(List<MappedDaxDevice> devices) {
    try (Volume volume = Volume.open(devices, OpenOptions.forReading())) {
      List<DaxDevice> ordered = new ArrayList<>();
      for (int i = 0; i < volume.deviceCount() && !volume.isMissing(i); i++) {
        ordered.add(volume.device(i));
      }
      return ordered;
    } catch (IOException _) {
      return List.of(devices.getFirst());
    }
  }

  private void requireOwner(@Nullable Superblock superblock, UUID host) {
    if (superblock != null && !force && Role.of(host, superblock.systemUuid()) != Role.MASTER) {
      throw new CliException(
          "this host ("
              + host
              + ") does not own the file system: repair it on the host "
              + superblock.systemUuid()
              + ", or with --force when nobody there uses it");
    }
  }

  private static Path defaultUndo(@Nullable Superblock superblock) {
    String uuid = superblock == null ? "unknown" : superblock.fsUuid().toString();
    String time = ZonedDateTime.now(ZoneOffset.UTC).format(TIME);
    return Path.of("famfs-undo-" + uuid + "-" + time + ".undo").toAbsolutePath();
  }

  /// What came of it.
  ///
  /// @param plan what was to be done
  /// @param undoFile where the old bytes are, null when nothing was changed
  /// @param report what is wrong now
  record Outcome(RepairPlan plan, @Nullable Path undoFile, CheckReport report) {

    /// The exit code of `fsck`.
    int exitCode() {
      boolean whole = report.clean() && report.missing().isEmpty();
      if (!whole || !plan.uncorrected().isEmpty()) {
        return FsckExit.UNCORRECTED;
      }
      return undoFile == null ? FsckExit.CLEAN : FsckExit.REPAIRED;
    }

    /// What was done, for people.
    void print(PrintWriter out) {
      if (undoFile != null) {
        out.println("undo file " + undoFile);
      }
      String mark = undoFile == null ? "would repair: " : "repaired: ";
      for (RepairAction action : plan.actions()) {
        out.println(mark + Inodes.printable(action.describe()));
      }
      for (String reason : plan.uncorrected()) {
        out.println("not repaired: " + Inodes.printable(reason));
      }
    }

    /// What was done, for programs.
    void write(JsonWriter json) {
      json.name("repaired").value(undoFile != null);
      if (undoFile != null) {
        json.name("undo_file").value(undoFile.toString());
      }
      json.name("actions").beginArray();
      for (RepairAction action : plan.actions()) {
        json.beginObject().name("action").value(action.label());
        json.name("message").value(action.describe()).endObject();
      }
      json.endArray().name("uncorrected").beginArray();
      plan.uncorrected().forEach(json::value);
      json.endArray();
    }
  }
}
