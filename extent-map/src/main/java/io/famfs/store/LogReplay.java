package io.famfs.store;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.FmapCapacity;
import io.famfs.core.format.Decoded;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntry.AddDaxdevEntry;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntry.MkdirEntry;
import io.famfs.core.format.LogEntry.UnknownEntry;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogEntryRules;
import io.famfs.core.format.LogEntryView;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaBounds;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.core.format.MediaText;
import io.famfs.store.alloc.SpaceMap;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.log.LogReader;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.EntryPath;
import io.famfs.store.namespace.FileContent;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import io.famfs.store.namespace.NamespaceWriter;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Turns log entries, in order, into a namespace and a map of taken space.
///
/// An entry that breaks a rule is left out and reported; everything else stays usable. Space that
/// such an entry names is put out of use. When what it owns cannot be told (its checksum is wrong,
/// its type is unknown, its map is no map), nothing is allocated on this volume any more.
final class LogReplay {
  private final LogReader reader;
  private final NamespaceWriter namespace;
  private final SpaceMap space;
  private final FaultLog faults;
  private final VolumeDevices devices;
  private final ReplayCounts counts = new ReplayCounts();
  private final EntryPath path;
  private Consumer<? super Inode> added = _ -> {};
  private MediaBounds bounds;
  private long nextIndex;

  /// What replay counts.
  static final class ReplayCounts {
    long files;
    long directories;
    long badEntries;
    long entriesLeftOut;
    long sharedUnits;
    long sumFileBytes;
  }

  LogReplay(
      VolumeDevices devices,
      MediaBounds bounds,
      LogReader reader,
      NamespaceWriter namespace,
      SpaceMap space,
      FaultLog faults) {
    this.bounds = bounds;
    this.reader = reader;
    this.path = new EntryPath(reader.entry().block());
    this.namespace = namespace;
    this.space = space;
    this.faults = faults;
    this.devices = devices;
  }

  ReplayCounts counts() {
    return counts;
  }

  /// Tells somebody from now on of every inode that is made.
  void tell(Consumer<? super Inode> to) {
    added = to;
  }

  /// The slot of the next entry to replay.
  long nextIndex() {
    return nextIndex;
  }

  /// Says that this program has appended entries itself: what others append comes behind them.
  void skipTo(long index) {
    nextIndex = index;
  }

  /// Replays the entries that have not been replayed yet. Those that are not whole are left out.
  ///
  /// @param end number of entries in use, at most the capacity of the log
  void replay(long end) {
    for (MediaFault damage = replayWhole(end); damage != null; damage = replayWhole(end)) {
      leaveOut(damage);
    }
  }

  /// Replays the entries that have not been replayed yet, but stops at those at the end that are
  /// not whole: their writer may not be done with them.
  void replayButTail(long end) {
    for (MediaFault damage = replayWhole(end); damage != null; damage = replayWhole(end)) {
      long whole = nextIndex + 1;
      while (whole < end && reader.read(whole, end) != null) {
        whole++;
      }
      if (whole == end) {
        return;
      }
      while (nextIndex < whole) {
        leaveOut(Objects.requireNonNullElse(reader.read(nextIndex, end), damage));
      }
    }
  }

  /// Replays entries up to the first that is not whole.
  ///
  /// @return what is wrong with that one; null when there is none
  private @Nullable MediaFault replayWhole(long end) {
    while (nextIndex < end) {
      MediaFault damage = reader.read(nextIndex, end);
      if (damage != null) {
        return damage;
      }
      apply(reader.entry());
      nextIndex++;
    }
    return null;
  }

  /// Replays what the reader has fetched, up to the first entry that is not whole.
  ///
  /// @return what is wrong with that entry; null when there is none
  @Nullable MediaFault replayFetched() {
    while (nextIndex < reader.fetchedEnd()) {
      MediaFault damage = reader.readFetched(nextIndex);
      if (damage != null) {
        return damage;
      }
      apply(reader.entry());
      nextIndex++;
    }
    return null;
  }

  /// Goes on behind an entry that is not whole.
  void leaveOut(MediaFault damage) {
    counts.badEntries++;
    counts.entriesLeftOut++;
    space.setUnknownOwner();
    faults.add(damage);
    nextIndex++;
  }

  private void apply(LogEntryView entry) {
    if (entry.isSound(bounds) && place(entry)) {
      return;
    }
    Decoded<LogEntry> decoded = entry.decode();
    MediaFault fault = LogEntryRules.meaning(decoded, bounds);
    faults.add(fault == null ? misplaced(decoded.value()) : fault);
    counts.entriesLeftOut++;
    quarantine(decoded);
  }

  /// Gives a sound entry its place.
  ///
  /// @return false when there is none: [#misplaced] says why
  private boolean place(LogEntryView entry) {
    return switch (entry.type()) {
      case LogEntryLayout.TYPE_FILE -> placeFile(entry);
      case LogEntryLayout.TYPE_MKDIR -> placeDirectory(entry);
      default -> placeDevice((AddDaxdevEntry) entry.decode().value());
    };
  }

  private boolean placeFile(LogEntryView entry) {
    DirectoryInode parent = parent(entry);
    if (parent == null) {
      return false;
    }
    FileContent content = new FileContent(entry.sizeBytes(), ExtentMap.compile(entry));
    FileInode file = namespace.addFile(parent, path, attributes(entry), content);
    if (file == null) {
      return false;
    }
    counts.files++;
    counts.sumFileBytes = FmapCapacity.saturatedSum(counts.sumFileBytes, entry.sizeBytes());
    claim(file);
    added.accept(file);
    return true;
  }

  private boolean placeDirectory(LogEntryView entry) {
    DirectoryInode parent = parent(entry);
    if (parent == null) {
      return false;
    }
    DirectoryInode directory = namespace.addDirectory(parent, path, attributes(entry));
    if (directory == null) {
      return false;
    }
    counts.directories++;
    added.accept(directory);
    return true;
  }

  /// Moves [#path] to the path of an entry and returns the directory it goes into, null when there
  /// is none.
  private @Nullable DirectoryInode parent(LogEntryView entry) {
    path.moveTo(entry.pathAt(), entry.pathLengthBytes());
    return namespace.parent(path);
  }

  private static Inode.Attributes attributes(LogEntryView entry) {
    return new Inode.Attributes(
        entry.mode() & Inode.PERMISSION_BITS, entry.uid(), entry.gid(), entry.seqnum());
  }

  private void claim(FileInode file) {
    ExtentMap extents = file.extents();
    long shared = 0;
    for (int i = 0; i < extents.rangeCount(); i++) {
      shared +=
          space.claim(
              extents.rangeDaxdevIndex(i), extents.rangeOffset(i), extents.rangeLengthBytes(i));
    }
    if (shared > 0) {
      counts.sharedUnits += shared;
      faults.add(
          new MediaFault(
              Rule.CROSS_LINK,
              LogHeaderLayout.entryMediaOffset(file.logIndex()),
              "entry "
                  + file.logIndex()
                  + " (file '"
                  + file.path()
                  + "') claims "
                  + shared
                  + " allocation units that are taken already"));
    }
  }

  /// Takes one more device into account; files may have their space on it from now on.
  ///
  /// @return false when the entry does not keep the order of devices
  boolean placeDevice(AddDaxdevEntry daxdev) {
    int index = daxdev.daxdevIndex();
    if (!devices.isNext(index, daxdev.uuid(), daxdev.sizeBytes())) {
      return false;
    }
    boolean there = devices.add(daxdev.uuid(), daxdev.sizeBytes());
    bounds = bounds.withDevice(daxdev.sizeBytes());
    space.addDevice(daxdev.sizeBytes());
    if (!there) {
      space.setMissing(index);
    }
    return true;
  }

  /// Why a sound entry has no place.
  private MediaFault misplaced(LogEntry entry) {
    return switch (entry) {
      case FileEntry file -> misplaced(file.seqnum(), file.path(), LogEntryLayout.FILE_PATH_AT);
      case MkdirEntry mkdir ->
          misplaced(mkdir.seqnum(), mkdir.path(), LogEntryLayout.MKDIR_PATH_AT);
      case AddDaxdevEntry daxdev ->
          new MediaFault(
              Rule.DAXDEV_ORDER,
              LogHeaderLayout.entryMediaOffset(daxdev.seqnum()),
              "entry "
                  + daxdev.seqnum()
                  + " adds device "
                  + daxdev.uuid()
                  + " as number "
                  + Integer.toUnsignedString(daxdev.daxdevIndex())
                  + " to "
                  + devices.count());
      case UnknownEntry _ -> throw new IllegalStateException("an entry of unknown type is sound");
    };
  }

  private MediaFault misplaced(long index, MediaText path, int fieldAt) {
    long pathAt = LogHeaderLayout.entryMediaOffset(index) + fieldAt;
    String text = path.toString();
    int slash = text.lastIndexOf('/');
    String parentPath = slash < 0 ? "" : text.substring(0, slash);
    Namespace names = namespace.namespace();
    String subject = "entry " + index + " ('" + text + "')";
    if (names.find(parentPath) instanceof DirectoryInode) {
      return new MediaFault(
          Rule.PATH_DUPLICATE, pathAt, subject + " has the path of an earlier one");
    }
    boolean missing = !names.passesFile(parentPath);
    return new MediaFault(
        missing ? Rule.PARENT_MISSING : Rule.PARENT_NOT_DIRECTORY,
        pathAt,
        subject + " has a parent that is " + (missing ? "missing" : "a file"));
  }

  private void quarantine(Decoded<LogEntry> decoded) {
    switch (decoded.value()) {
      case FileEntry file -> {
        Rule cut = decoded.fault() == null ? null : decoded.fault().rule();
        if (cut == Rule.MAP_KIND || cut == Rule.EXTENT_COUNT || cut == Rule.STRIP_COUNT) {
          space.setUnknownOwner();
        }
        for (DeviceRange range : file.fmap().ranges()) {
          counts.sharedUnits += space.quarantine(range);
        }
      }
      case UnknownEntry _ -> space.setUnknownOwner();
      case MkdirEntry _, AddDaxdevEntry _ -> {
        // Own no space.
      }
    }
  }
}
