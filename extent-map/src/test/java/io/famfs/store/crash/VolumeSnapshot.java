package io.famfs.store.crash;

import io.famfs.store.Volume;
import io.famfs.store.VolumeUsage;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;

/// Everything that a volume shows of itself: two volumes with equal snapshots are the same.
///
/// @param fsUuid which volume
/// @param inodes every file and directory, with attributes, extents and samples of the content
/// @param usage space and counts
public record VolumeSnapshot(UUID fsUuid, List<String> inodes, VolumeUsage usage) {
  private static final int SAMPLE_BYTES = 64;
  private static final long SAMPLE_EVERY_BYTES = 1L << 20;

  /// What an open volume shows.
  public static VolumeSnapshot of(Volume volume) {
    List<String> inodes = new ArrayList<>();
    collect(volume, volume.namespace().root(), inodes);
    inodes.sort(null);
    return new VolumeSnapshot(volume.superblock().fsUuid(), inodes, volume.usage());
  }

  private static void collect(Volume volume, DirectoryInode directory, List<String> inodes) {
    for (Inode child : directory.children()) {
      String common =
          child
              + " mode "
              + child.mode()
              + " uid "
              + child.uid()
              + " gid "
              + child.gid()
              + " log index "
              + child.logIndex();
      switch (child) {
        case DirectoryInode below -> {
          inodes.add(common);
          collect(volume, below, inodes);
        }
        case FileInode file ->
            inodes.add(
                common
                    + " size "
                    + file.sizeBytes()
                    + " "
                    + file.fmap()
                    + " content "
                    + samples(volume, file));
      }
    }
  }

  private static long samples(Volume volume, FileInode file) {
    CRC32 crc = new CRC32();
    ExtentCursor cursor = new ExtentCursor();
    long end = file.extents().mappedBytes();
    for (long at = 0; at < end; at += SAMPLE_EVERY_BYTES) {
      sample(volume, file, at, cursor, crc);
      sample(volume, file, Math.min(end, at + SAMPLE_EVERY_BYTES) - SAMPLE_BYTES, cursor, crc);
    }
    return crc.getValue();
  }

  private static void sample(
      Volume volume, FileInode file, long at, ExtentCursor cursor, CRC32 crc) {
    file.extents().resolve(at, SAMPLE_BYTES, cursor);
    crc.update(
        volume
            .memory(cursor.deviceIndex())
            .asSlice(cursor.deviceOffset(), cursor.runBytes())
            .asByteBuffer());
  }
}
