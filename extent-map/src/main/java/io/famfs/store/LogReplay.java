package io.famfs.store;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.Decoded;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntry.AddDaxdevEntry;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntry.MkdirEntry;
import io.famfs.core.format.LogEntry.UnknownEntry;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogEntryRules;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaBounds;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.core.format.MediaText;
import io.famfs.core.format.Superblock;
import io.famfs.store.alloc.SpaceMap;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.log.MetadataLog;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileContent;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.NamespaceWriter;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Turns log entries, in order, into a namespace and a map of taken space.
///
/// An entry that breaks a rule is left out and reported; everything else stays usable. Space that
/// such an entry names is put out of use. When what it owns cannot be told (its checksum is wrong,
/// its type is unknown, its map is no map), nothing is allocated on this volume any more.
final class LogReplay {
  /// Most devices of one volume.
  private static final int MAX_DEVICES = 64;

  private final MediaBounds bounds;
  private final NamespaceWriter namespace;
  private final SpaceMap space;
  private final FaultLog faults;
  private final List<UUID> deviceUuids = new ArrayList<>();
  private final ReplayCounts counts = new ReplayCounts();

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
      Superblock superblock,
      MediaBounds bounds,
      NamespaceWriter namespace,
      SpaceMap space,
      FaultLog faults) {
    this.bounds = bounds;
    this.namespace = namespace;
    this.space = space;
    this.faults = faults;
    deviceUuids.add(superblock.deviceUuid());
  }

  ReplayCounts counts() {
    return counts;
  }

  /// Replays the first entries of a log.
  ///
  /// @param count at most the capacity of the log
  void replay(MetadataLog log, long count) {
    MemorySegment copy = MemorySegment.ofArray(new byte[LogEntryLayout.BYTES]);
    for (long index = 0; index < count; index++) {
      MediaFault damage = log.read(index, copy);
      if (damage == null) {
        apply(LogEntryCodec.decode(copy, 0, LogHeaderLayout.entryMediaOffset(index)));
      } else {
        counts.badEntries++;
        counts.entriesLeftOut++;
        space.setUnknownOwner();
        faults.add(damage);
      }
    }
  }

  private void apply(Decoded<LogEntry> decoded) {
    MediaFault fault = LogEntryRules.meaning(decoded, bounds);
    if (fault == null) {
      fault = place(decoded.value());
    }
    if (fault != null) {
      faults.add(fault);
      counts.entriesLeftOut++;
      quarantine(decoded);
    }
  }

  private @Nullable MediaFault place(LogEntry entry) {
    return switch (entry) {
      case FileEntry file -> placeFile(file);
      case MkdirEntry mkdir -> placeDirectory(mkdir);
      case AddDaxdevEntry daxdev -> placeDevice(daxdev);
      case UnknownEntry _ -> null;
    };
  }

  private @Nullable MediaFault placeFile(FileEntry file) {
    long pathAt = LogHeaderLayout.entryMediaOffset(file.seqnum()) + LogEntryLayout.FILE_PATH_AT;
    Parent parent = parentOf(file.seqnum(), file.path(), pathAt);
    if (parent.directory() == null) {
      return parent.fault();
    }
    namespace.addFile(
        parent.directory(),
        file.path().toBytes(),
        new Inode.Attributes(
            file.mode() & Inode.PERMISSION_BITS, file.uid(), file.gid(), file.seqnum()),
        new FileContent(file.sizeBytes(), file.fmap(), ExtentMap.compile(file.fmap())));
    counts.files++;
    counts.sumFileBytes = saturatedSum(counts.sumFileBytes, file.sizeBytes());
    long shared = 0;
    for (DeviceRange range : file.fmap().ranges()) {
      shared += space.claim(range);
    }
    if (shared > 0) {
      counts.sharedUnits += shared;
      faults.add(
          new MediaFault(
              Rule.CROSS_LINK,
              LogHeaderLayout.entryMediaOffset(file.seqnum()),
              "entry "
                  + file.seqnum()
                  + " (file '"
                  + file.path()
                  + "') claims "
                  + shared
                  + " allocation units that are taken already"));
    }
    return null;
  }

  private @Nullable MediaFault placeDirectory(MkdirEntry mkdir) {
    long pathAt = LogHeaderLayout.entryMediaOffset(mkdir.seqnum()) + LogEntryLayout.MKDIR_PATH_AT;
    Parent parent = parentOf(mkdir.seqnum(), mkdir.path(), pathAt);
    if (parent.directory() == null) {
      return parent.fault();
    }
    namespace.addDirectory(
        parent.directory(),
        mkdir.path().toBytes(),
        new Inode.Attributes(
            mkdir.mode() & Inode.PERMISSION_BITS, mkdir.uid(), mkdir.gid(), mkdir.seqnum()));
    counts.directories++;
    return null;
  }

  private @Nullable MediaFault placeDevice(AddDaxdevEntry daxdev) {
    int known = deviceUuids.size();
    if (daxdev.daxdevIndex() == known
        && known < MAX_DEVICES
        && !deviceUuids.contains(daxdev.uuid())) {
      deviceUuids.add(daxdev.uuid());
      return null;
    }
    return new MediaFault(
        Rule.DAXDEV_ORDER,
        LogHeaderLayout.entryMediaOffset(daxdev.seqnum()),
        "entry "
            + daxdev.seqnum()
            + " adds device "
            + daxdev.uuid()
            + " as number "
            + Integer.toUnsignedString(daxdev.daxdevIndex())
            + " to "
            + known);
  }

  private record Parent(@Nullable DirectoryInode directory, @Nullable MediaFault fault) {}

  /// The directory an entry goes into, if its place is free.
  private Parent parentOf(long index, MediaText path, long pathAt) {
    String text = path.toString();
    int slash = text.lastIndexOf('/');
    String parentPath = slash < 0 ? "" : text.substring(0, slash);
    Inode parent = namespace.namespace().find(parentPath);
    String subject = "entry " + index + " ('" + text + "')";
    if (!(parent instanceof DirectoryInode directory)) {
      boolean missing = parent == null && !namespace.namespace().passesFile(parentPath);
      return new Parent(
          null,
          new MediaFault(
              missing ? Rule.PARENT_MISSING : Rule.PARENT_NOT_DIRECTORY,
              pathAt,
              subject + " has a parent that is " + (missing ? "missing" : "a file")));
    }
    if (namespace.namespace().find(text) != null) {
      return new Parent(
          null,
          new MediaFault(Rule.PATH_DUPLICATE, pathAt, subject + " has the path of an earlier one"));
    }
    return new Parent(directory, null);
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

  private static long saturatedSum(long a, long b) {
    return b > Long.MAX_VALUE - a ? Long.MAX_VALUE : a + b;
  }
}
