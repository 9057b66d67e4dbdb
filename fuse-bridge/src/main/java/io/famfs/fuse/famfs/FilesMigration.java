package io.famfs.fuse.famfs;

import io.famfs.fuse.server.Client;
import io.famfs.fuse.server.Migration;
import io.famfs.store.StoreException;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Clients of a volume that go from one of its servers to another.
final class FilesMigration implements Migration {
  private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();
  private static final long LOOK_NANOS = Duration.ofMillis(5).toNanos();
  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

  private final Volume volume;
  private final FilesInMaking making;
  private final @Nullable WriteRight right;
  private boolean held;

  /// @param right null when this process has no part in who creates
  FilesMigration(Volume volume, FilesInMaking making, @Nullable WriteRight right) {
    this.volume = volume;
    this.making = making;
    this.right = right;
    held = right == null || volume.canCreate();
  }

  @Override
  public UUID volume() {
    return volume.superblock().fsUuid();
  }

  @Override
  public long logEntries(long atLeast) {
    long start = System.nanoTime();
    while (volume.logEntries() < atLeast
        && !volume.refresh().state().stopped()
        && System.nanoTime() - start < PATIENCE_NANOS) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return volume.logEntries();
  }

  @Override
  public List<String> settle(Client client, boolean all) {
    return making.settle(client, all);
  }

  @Override
  public long fingerprint(long nodeid) {
    return switch (volume.namespace().inode(nodeid)) {
      case null -> -1;
      case DirectoryInode _ -> 1;
      case FileInode file -> file.isCommitted() ? fingerprint(file) : UNSETTLED;
    };
  }

  /// Nodeids come from paths already; this is size and place.
  private static long fingerprint(FileInode file) {
    ExtentMap extents = file.extents();
    long mixed = file.sizeBytes() * MIX;
    for (int i = 0; i < extents.rangeCount(); i++) {
      mixed = (mixed ^ extents.rangeDaxdevIndex(i)) * MIX;
      mixed = (mixed ^ extents.rangeOffset(i)) * MIX;
      mixed = (mixed ^ extents.rangeLengthBytes(i)) * MIX;
      mixed ^= mixed >>> 31;
    }
    // None of the numbers that mean something else.
    return (mixed & Long.MAX_VALUE) | 2;
  }

  @Override
  public String describe(long nodeid) {
    Inode inode = volume.namespace().inode(nodeid);
    return inode == null ? "inode 0x" + Long.toHexString(nodeid) : "'" + inode.path() + "'";
  }

  @Override
  public synchronized String takeUp() {
    WriteRight wanted = right;
    if (held || wanted == null) {
      return "";
    }
    try {
      String holder = wanted.take();
      long start = System.nanoTime();
      while (!holder.isEmpty() && System.nanoTime() - start < PATIENCE_NANOS) {
        LockSupport.parkNanos(LOOK_NANOS);
        holder = wanted.take();
      }
      if (!holder.isEmpty()) {
        return "the file system is in use by " + holder;
      }
      return takeUp(wanted);
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private String takeUp(WriteRight taken) {
    try {
      volume.takeUp(taken.host());
      held = true;
      return "";
    } catch (StoreException e) {
      taken.letGo();
      return String.valueOf(e.getMessage());
    }
  }

  @Override
  public synchronized void letGo() {
    WriteRight kept = right;
    if (held && kept != null) {
      held = false;
      volume.letGo();
      kept.letGo();
    }
  }
}
