package io.famfs.store.repair;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntry.AddDaxdevEntry;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntry.MkdirEntry;
import io.famfs.core.format.LogEntry.UnknownEntry;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.MediaText;
import io.famfs.core.format.PathRules;
import io.famfs.core.format.Superblock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides what becomes of every entry of a log.
///
/// The first pass finds out which space sound entries own, so that nothing unreadable is believed
/// against them. The second one goes through the log as replay does, on the namespace as it will be
/// after the repair.
final class EntryPlanner {
  private static final int LOST_FOUND_MODE = 0700;
  private static final String ROOT = "";

  private final List<? extends DaxDevice> devices;
  private final Superblock superblock;
  private final RepairOptions options;
  private final long entries;
  private final Claims claims;
  private final LostFound lostFound = new LostFound();
  private final TargetLog target;
  private final Drops drops;
  private final Separation separation;
  private final Map<String, Node> nodes = new HashMap<>();
  private final Map<String, String> movedDirectories = new HashMap<>();
  private final List<RepairAction> actions = new ArrayList<>();
  private final List<String> uncorrected = new ArrayList<>();
  private DeviceTable table;

  /// Whether files name a device that none of the readable entries adds, behind an unreadable one.
  private boolean deviceLost;

  /// What stands at a path.
  private record Node(long slot, boolean directory) {}

  EntryPlanner(
      List<? extends DaxDevice> devices,
      Superblock superblock,
      RepairOptions options,
      long entries) {
    this.devices = devices;
    this.superblock = superblock;
    this.options = options;
    this.entries = entries;
    this.claims = new Claims(superblock.allocUnitBytes());
    this.target =
        new TargetLog(entries, LogHeaderLayout.lastIndex(superblock.logLengthBytes()) + 1);
    this.drops = new Drops(target, actions);
    this.separation = new Separation(claims, devices.size(), actions, uncorrected);
    this.table = new DeviceTable(superblock);
  }

  TargetLog target() {
    return target;
  }

  List<RepairAction> actions() {
    return actions;
  }

  List<String> uncorrected() {
    return uncorrected;
  }

  List<RepairStep.Copy> copies() {
    return separation.copies();
  }

  void plan() {
    survey();
    table = new DeviceTable(superblock);
    nodes.put(ROOT, new Node(-1, true));
    for (long slot = 0; slot < entries; slot++) {
      decide(EntryCopy.read(devices.getFirst(), slot, table.bounds()));
    }
    target.finish();
    drops.cutTail(entries);
  }

  private void survey() {
    boolean unreadable = false;
    claims.grow(table.bounds());
    for (long slot = 0; slot < entries; slot++) {
      EntryCopy copy = EntryCopy.read(devices.getFirst(), slot, table.bounds());
      if (copy.damage() == null && copy.entry() instanceof AddDaxdevEntry daxdev) {
        table.add(daxdev);
        claims.grow(table.bounds());
      }
      FileEntry sound = copy.fileWithSoundMap(table.bounds());
      if (sound != null) {
        sound.fmap().ranges().forEach(claims::own);
        lostFound.seen(sound);
      } else if (copy.entry() instanceof FileEntry file) {
        file.fmap().ranges().forEach(claims::name);
        MediaFault fault = copy.fault(table.bounds());
        deviceLost |= unreadable && fault != null && fault.rule() == MediaFault.Rule.EXTENT_DEVICE;
      }
      unreadable |= copy.damage() != null;
    }
  }

  private void decide(EntryCopy copy) {
    if (copy.damage() != null) {
      unreadable(copy, copy.damage().message());
      return;
    }
    if (copy.mendedAt() >= 0) {
      actions.add(new RepairAction.MendEntry(copy.slot(), copy.mendedAt()));
    }
    MediaFault fault = copy.fault(table.bounds());
    switch (copy.entry()) {
      case UnknownEntry _ -> drops.drop(copy.slot(), message(fault));
      case AddDaxdevEntry daxdev -> {
        if (table.add(daxdev)) {
          keepAsIs(copy);
        } else {
          drops.drop(copy.slot(), "entry " + copy.slot() + " adds a device that cannot be added");
        }
      }
      case MkdirEntry _ -> place(copy, fault);
      case FileEntry _ -> {
        if (copy.fileWithSoundMap(table.bounds()) != null) {
          place(copy, fault);
        } else if (fault != null && namesLostDevice(fault)) {
          uncorrected.add(
              fault.message()
                  + ", which an unreadable entry may have added; restore that entry from a copy");
          keepAsIs(copy);
        } else {
          unreadable(copy, message(fault));
        }
      }
    }
  }

  private static String message(@Nullable MediaFault fault) {
    return fault == null ? "" : fault.message();
  }

  private boolean namesLostDevice(MediaFault fault) {
    return deviceLost && fault.rule() == MediaFault.Rule.EXTENT_DEVICE;
  }

  private void keepAsIs(EntryCopy copy) {
    if (copy.mendedAt() < 0) {
      target.keep(copy.slot());
    } else {
      target.keep(copy.slot(), copy.bytes());
    }
  }

  /// An entry that cannot be read, or whose map is no map.
  private void unreadable(EntryCopy copy, String reason) {
    if (copy.damage() != null && repeatsAnEarlierOne(copy)) {
      drops.drop(copy.slot(), reason + " and repeats an earlier one");
      return;
    }
    if (deviceLost && copy.damage() != null && ownsNothing(copy.entry())) {
      uncorrected.add(
          reason + "; it may have added the device that later files name, so it is left alone");
      target.keep(copy.slot());
      return;
    }
    FileEntry salvaged =
        options.corrupt() == CorruptPolicy.QUARANTINE && copy.entry() instanceof FileEntry file
            ? Salvage.of(copy, file, table.bounds(), claims)
            : null;
    if (salvaged == null) {
      drops.drop(copy.slot(), reason);
      return;
    }
    salvaged
        .fmap()
        .ranges()
        .forEach(range -> {
          claims.own(range);
          claims.give(range);
        });
    String path = putLostFile(copy.slot(), null, salvaged);
    actions.add(
        new RepairAction.QuarantineEntry(copy.slot(), path, salvaged.fmap().ranges(), reason));
  }

  private static boolean ownsNothing(LogEntry entry) {
    return entry instanceof AddDaxdevEntry || entry instanceof UnknownEntry;
  }

  private boolean repeatsAnEarlierOne(EntryCopy copy) {
    Node node = nodes.get(copy.path().toString());
    return node != null && node.slot() >= 0 && copy.saysTheSameAs(original(node.slot()));
  }

  private EntryCopy original(long slot) {
    return EntryCopy.read(devices.getFirst(), slot, table.bounds());
  }

  /// An entry that is right but for its path or its place.
  private void place(EntryCopy copy, @Nullable MediaFault pathFault) {
    String path = copy.path().toString();
    if (pathFault != null || PathRules.firstBroken(copy.path()) != null) {
      lose(copy, null, message(pathFault));
      return;
    }
    Node there = nodes.get(path);
    if (there != null) {
      if (there.slot() >= 0 && copy.saysTheSameAs(original(there.slot()))) {
        drops.drop(copy.slot(), "entry " + copy.slot() + " repeats entry " + there.slot());
      } else if (there.directory() && copy.entry() instanceof MkdirEntry) {
        drops.drop(copy.slot(), "entry " + copy.slot() + " makes '" + path + "' again");
      } else {
        lose(
            copy,
            path,
            "entry " + copy.slot() + " ('" + path + "') has the path of entry " + there.slot());
      }
      return;
    }
    String parent = parent(path);
    Node directory = nodes.get(parent);
    if (directory != null && directory.directory()) {
      settle(copy, path, null);
    } else {
      orphan(copy, path, parent);
    }
  }

  private void orphan(EntryCopy copy, String path, String parent) {
    String subject = "entry " + copy.slot() + " ('" + path + "')";
    String movedTo = movedDirectories.get(parent);
    if (movedTo != null) {
      String follows = movedTo + path.substring(parent.length());
      if (follows.getBytes(StandardCharsets.UTF_8).length <= LogEntryLayout.MAX_PATH_BYTES
          && !nodes.containsKey(follows)) {
        settle(copy, follows, subject + " follows its directory");
        return;
      }
    }
    boolean file = nodes.containsKey(parent);
    lose(copy, path, subject + " has a parent that is " + (file ? "a file" : "missing"));
  }

  /// An entry that keeps nothing but its content.
  private void lose(EntryCopy copy, @Nullable String original, String reason) {
    if (copy.entry() instanceof FileEntry file && lostFound.holds(file)) {
      drops.drop(copy.slot(), reason + ", and its content is in lost+found already");
      return;
    }
    arrive(copy, original, reason);
  }

  private void arrive(EntryCopy copy, @Nullable String original, String reason) {
    switch (copy.entry()) {
      case FileEntry file -> {
        String path = putLostFile(copy.slot(), original, separated(copy.slot(), file));
        actions.add(new RepairAction.RenameEntry(copy.slot(), path, reason));
      }
      case MkdirEntry mkdir -> {
        String path = lostFound.path(haveDirectory(), original, copy.slot(), nodes::containsKey);
        settleMoved(copy, mkdir, path, reason);
        if (original != null) {
          movedDirectories.putIfAbsent(original, path);
        }
      }
      case AddDaxdevEntry _, UnknownEntry _ ->
          throw new IllegalStateException("an entry without a path has lost it");
    }
  }

  private void settleMoved(EntryCopy copy, MkdirEntry mkdir, String path, String reason) {
    nodes.put(path, new Node(copy.slot(), true));
    target.keep(copy.slot(), EntryCopy.encode(with(mkdir, copy.slot(), path)));
    actions.add(new RepairAction.RenameEntry(copy.slot(), path, reason));
  }

  /// Gives an entry its place, at its own path or another one.
  ///
  /// @param reason why it is another one, null when it is its own
  private void settle(EntryCopy copy, String path, @Nullable String reason) {
    switch (copy.entry()) {
      case MkdirEntry mkdir when reason != null -> {
        settleMoved(copy, mkdir, path, reason);
        movedDirectories.putIfAbsent(copy.path().toString(), path);
      }
      case FileEntry file -> {
        nodes.put(path, new Node(copy.slot(), false));
        FileEntry separated = separated(copy.slot(), file);
        if (reason == null && separated.fmap().equals(file.fmap())) {
          keepAsIs(copy);
          return;
        }
        target.keep(
            copy.slot(),
            EntryCopy.encode(EntryCopy.with(separated, MediaText.of(path), separated.fmap())));
        if (reason != null) {
          actions.add(new RepairAction.RenameEntry(copy.slot(), path, reason));
        }
      }
      case MkdirEntry _ -> {
        nodes.put(path, new Node(copy.slot(), true));
        keepAsIs(copy);
      }
      case AddDaxdevEntry _, UnknownEntry _ -> keepAsIs(copy);
    }
  }

  /// Puts a file where lost things are, in its own slot, or, when that has to become the directory,
  /// at the end of the log.
  private String putLostFile(long slot, @Nullable String original, FileEntry file) {
    boolean have = haveDirectory();
    boolean append = !have && target.canAppend();
    boolean inside = have || append;
    String path =
        inside && original != null && isLostPath(original)
            ? original
            : lostFound.path(inside, original, slot, nodes::containsKey);
    FileEntry named = EntryCopy.with(file, MediaText.of(path), file.fmap());
    if (append) {
      makeDirectory(slot, true);
      nodes.put(path, new Node(target.appendSlot(), false));
      target.append(EntryCopy.encode(withSeqnum(named, target.appendSlot())));
    } else {
      nodes.put(path, new Node(slot, false));
      target.keep(slot, EntryCopy.encode(withSeqnum(named, slot)));
    }
    return path;
  }

  /// Whether an entry that has lost its directory stood there before.
  private boolean isLostPath(String path) {
    return parent(path).equals(lostFound.directory()) && !nodes.containsKey(path);
  }

  /// Whether the directory is there; makes it when that costs nothing.
  private boolean haveDirectory() {
    Node node = nodes.get(lostFound.directory());
    if (node == null && target.hasGap()) {
      makeDirectory(target.gapSlot(), false);
      return true;
    }
    return node != null;
  }

  private void makeDirectory(long slot, boolean inOwnSlot) {
    String path = lostFound.directory();
    MkdirEntry mkdir = new MkdirEntry(slot, 0, MediaText.of(path), 0, 0, LOST_FOUND_MODE);
    nodes.put(path, new Node(slot, true));
    if (inOwnSlot) {
      target.keep(slot, EntryCopy.encode(mkdir));
    } else {
      target.fillGap(EntryCopy.encode(mkdir));
    }
    actions.add(new RepairAction.MakeLostFound(slot, path));
  }

  private static LogEntry with(MkdirEntry mkdir, long slot, String path) {
    return new MkdirEntry(slot, 0, MediaText.of(path), mkdir.uid(), mkdir.gid(), mkdir.mode());
  }

  private static FileEntry withSeqnum(FileEntry file, long seqnum) {
    return new FileEntry(
        seqnum,
        0,
        file.path(),
        file.sizeBytes(),
        file.flags(),
        file.uid(),
        file.gid(),
        file.mode(),
        file.fmap());
  }

  private FileEntry separated(long slot, FileEntry file) {
    return separation.separated(slot, file, table.bounds().deviceCount());
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? ROOT : path.substring(0, slash);
  }
}
