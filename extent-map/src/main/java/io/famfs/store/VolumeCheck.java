package io.famfs.store;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.Decoded;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntry.MkdirEntry;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeader;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.core.format.Superblock;
import io.famfs.store.log.MetadataLog;
import io.famfs.store.repair.LogTail;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks at everything on the media and reports, without writing and without trusting any byte.
public final class VolumeCheck {
  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[LogEntryLayout.BYTES]);

  private final DaxDevice device;
  private final VolumeLoader loader;

  private VolumeCheck(VolumeDevices devices) {
    this.device = devices.primary();
    this.loader = new VolumeLoader(devices);
  }

  /// Checks a volume. Whatever is on the media, the result is a report.
  ///
  /// A volume that somebody writes to meanwhile is reported as it was at the start.
  ///
  /// @param devices the primary device and those added to it, in any order
  public static CheckReport check(List<? extends DaxDevice> devices) {
    VolumeDevices told;
    try {
      told = VolumeDevices.of(devices);
    } catch (StoreException e) {
      return unreadable(null, null, new MediaFault(Rule.NOT_PRIMARY, 0, e.getMessage()));
    }
    return new VolumeCheck(told).check();
  }

  private CheckReport check() {
    try {
      return report(loader.load());
    } catch (MediaException e) {
      return unreadable(e.fault());
    } catch (InternalError e) {
      // The memory went away after the entries had been read.
      return unreadable(
          new MediaFault(
              Rule.DEVICE_UNREADABLE, 0, "the memory of " + device.name() + " is not readable"));
    }
  }

  private CheckReport unreadable(MediaFault fault) {
    return unreadable(loader.superblock(), loader.logHeader(), fault);
  }

  private static CheckReport unreadable(
      @Nullable Superblock superblock, @Nullable LogHeader logHeader, MediaFault fault) {
    return new CheckReport(
        superblock,
        logHeader,
        List.of(new Finding(fault, -1, null, null, List.of())),
        1,
        List.of(),
        CheckReport.Counts.NONE,
        null,
        List.of());
  }

  private CheckReport report(LoadedVolume loaded) {
    LogHeader header = loaded.logHeader();
    List<Finding> findings = new ArrayList<>();
    for (MediaFault fault : loaded.faults().first()) {
      findings.add(finding(fault, header.nextIndex()));
    }
    long faultCount = loaded.faults().count();
    MediaFault tail = tailFault(header, loaded.log().capacity());
    List<Finding> notes = new ArrayList<>();
    if (tail != null && tail.rule() == Rule.LOG_TAIL) {
      notes.add(new Finding(tail, -1, null, null, List.of()));
    } else if (tail != null) {
      findings.add(new Finding(tail, -1, null, null, List.of()));
      faultCount++;
    }
    LogReplay.ReplayCounts counts = loaded.counts();
    return new CheckReport(
        loaded.superblock(),
        header,
        new CrossLinks(device, header.nextIndex()).named(findings),
        faultCount,
        notes,
        new CheckReport.Counts(
            counts.badEntries, counts.entriesLeftOut, counts.sharedUnits, counts.sumFileBytes),
        loaded.usage(header.nextIndex(), 0),
        loaded.devices().missing());
  }

  /// What is wrong behind the entries. Those that were published since the header was read are none
  /// of its business.
  private @Nullable MediaFault tailFault(LogHeader header, long capacity) {
    LogTail tail = LogTail.scan(device, header.nextIndex(), capacity);
    if (tail.fault() == null) {
      return null;
    }
    long now = MetadataLog.loadNextIndex(device);
    boolean grown = now > header.nextIndex() && now <= capacity;
    return grown ? LogTail.scan(device, now, capacity).fault() : tail.fault();
  }

  private Finding finding(MediaFault fault, long entries) {
    long index =
        Math.floorDiv(
            fault.offset() - LogHeaderLayout.entryMediaOffset(0), (long) LogEntryLayout.BYTES);
    if (index < 0 || index >= entries) {
      return new Finding(fault, -1, null, null, List.of());
    }
    MemorySegment copy = MemorySegment.ofArray(new byte[LogEntryLayout.BYTES]);
    long at = LogHeaderLayout.entryMediaOffset(index);
    MemorySegment.copy(device.memory(), at, copy, 0, LogEntryLayout.BYTES);
    return new Finding(fault, index, path(copy, at), detail(fault.rule(), copy), List.of());
  }

  private static @Nullable String path(MemorySegment copy, long mediaOffset) {
    Decoded<LogEntry> decoded = LogEntryCodec.decode(copy, 0, mediaOffset);
    String path =
        switch (decoded.value()) {
          case FileEntry file -> file.path().toString();
          case MkdirEntry mkdir -> mkdir.path().toString();
          case LogEntry.AddDaxdevEntry _, LogEntry.UnknownEntry _ -> "";
        };
    return path.isEmpty() ? null : path;
  }

  /// What a slot that does not hold its entry holds instead.
  private static @Nullable String detail(Rule rule, MemorySegment copy) {
    if (rule != Rule.ENTRY_SEQNUM && rule != Rule.ENTRY_CRC) {
      return null;
    }
    if (copy.mismatch(ZEROS) < 0) {
      return "the slot is empty";
    }
    long crc = copy.get(ValueLayout.JAVA_LONG_UNALIGNED, LogEntryLayout.CRC_COVERS);
    return LogEntryCodec.computeCrc(copy, 0) == crc ? "it is the entry of another slot" : null;
  }
}
