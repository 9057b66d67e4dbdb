package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import java.lang.foreign.MemorySegment;

/// Moves bytes inside the memory of files. Ranges lie inside the files; the caller has seen to it
/// that their space stays. Allocates nothing.
final class FileBytes {
  private final Volume volume;
  private final DataCoherence coherence;
  private final GoodMemory good;

  FileBytes(Volume volume, DataCoherence coherence) {
    this.volume = volume;
    this.coherence = coherence;
    this.good = new GoodMemory(volume);
  }

  /// Stores zeros.
  ///
  /// @return 0 or a negative errno
  int zero(FileInode file, long offset, long lengthBytes, ExtentCursor cursor) {
    for (long done = 0; done < lengthBytes; done += cursor.runBytes()) {
      if (!file.extents().resolve(offset + done, lengthBytes - done, cursor)) {
        return -Errno.EIO;
      }
      if (good.goodBytes(cursor) < cursor.runBytes()) {
        return -Errno.EIO;
      }
      MemorySegment memory = volume.memory(cursor.deviceIndex());
      memory.asSlice(cursor.deviceOffset(), cursor.runBytes()).fill((byte) 0);
      coherence.afterWrite(cursor.deviceIndex(), cursor.deviceOffset(), cursor.runBytes());
    }
    return 0;
  }

  /// A range of a file.
  ///
  /// @param offset its first byte
  record Place(FileInode file, long offset) {}

  /// Copies bytes from one place to another; the two do not overlap.
  ///
  /// @param scratch has a cursor for each
  /// @return 0 or a negative errno
  int copy(Place from, Place to, long lengthBytes, Scratch scratch) {
    ExtentCursor source = scratch.cursor;
    ExtentCursor target = scratch.target;
    long run;
    for (long done = 0; done < lengthBytes; done += run) {
      long left = lengthBytes - done;
      if (!from.file.extents().resolve(from.offset + done, left, source)
          || !to.file.extents().resolve(to.offset + done, left, target)) {
        return -Errno.EIO;
      }
      run = Math.min(source.runBytes(), target.runBytes());
      if (good.goodBytes(source, run) < run || good.goodBytes(target, run) < run) {
        return -Errno.EIO;
      }
      coherence.beforeRead(source.deviceIndex(), source.deviceOffset(), run);
      MemorySegment.copy(
          volume.memory(source.deviceIndex()),
          source.deviceOffset(),
          volume.memory(target.deviceIndex()),
          target.deviceOffset(),
          run);
      coherence.afterWrite(target.deviceIndex(), target.deviceOffset(), run);
    }
    return 0;
  }
}
