package io.famfs.store;

import io.famfs.core.format.LogHeader;
import io.famfs.core.format.Superblock;
import io.famfs.store.alloc.SpaceMap;
import io.famfs.store.log.LogReader;
import io.famfs.store.log.MetadataLog;
import io.famfs.store.namespace.NamespaceWriter;

/// A volume as it was read from the media.
record LoadedVolume(
    VolumeDevices devices,
    Superblock superblock,
    LogHeader logHeader,
    MetadataLog log,
    NamespaceWriter namespace,
    SpaceMap space,
    FaultLog faults,
    LogReplay replay,
    LogReader reader) {

  LogReplay.ReplayCounts counts() {
    return replay.counts();
  }

  VolumeReport report(FollowStatus following) {
    LogReplay.ReplayCounts counts = counts();
    return new VolumeReport(
        faults.first(),
        faults.count(),
        counts.entriesLeftOut,
        space.quarantinedBytes(),
        space.unknownOwner(),
        counts.sharedUnits,
        following);
  }

  /// How full it is.
  ///
  /// @param spareBytes taken in advance, and given to whoever needs it: not used
  VolumeUsage usage(long logEntriesUsed, long spareBytes) {
    LogReplay.ReplayCounts counts = counts();
    long total = space.totalBytes();
    long used = space.usedBytes() - spareBytes;
    return new VolumeUsage(
        total,
        used,
        space.unknownOwner() ? 0 : total - used,
        space.largestFreeRunBytes(),
        space.quarantinedBytes(),
        space.badBytes(),
        counts.files,
        counts.directories,
        logEntriesUsed,
        log.capacity(),
        superblock.allocUnitBytes());
  }
}
