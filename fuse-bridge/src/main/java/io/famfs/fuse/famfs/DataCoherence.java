package io.famfs.fuse.famfs;

import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.health.BadRanges;
import io.famfs.store.namespace.FileInode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Keeps the data of files in step with other hosts where devices are not coherent; where they are,
/// nothing is done.
///
/// What READ and WRITE move is dropped before and written back behind them. What guests do through
/// a window is not seen, so the part of a file that was ever mapped is dropped when the file is
/// opened and, when it could be stored into, written back when one of its users closes it. Between
/// open and close it is up to the programs: fsync writes back.
final class DataCoherence {
  private final Volume volume;

  /// The mapped part of files on devices that are not coherent, by nodeid. It only grows: a kernel
  /// keeps mappings beyond the open files they were made for.
  private final Map<Long, Span> mapped = new ConcurrentHashMap<>();

  /// The smallest range that holds all mappings of a file.
  ///
  /// @param stores whether a mapping of them allows stores
  private record Span(long from, long to, boolean stores) {
    static Span union(Span a, Span b) {
      return new Span(Math.min(a.from, b.from), Math.max(a.to, b.to), a.stores || b.stores);
    }
  }

  private enum Move {
    WRITE_BACK {
      @Override
      void apply(DaxDevice device, long offset, long lengthBytes) {
        device.writeBack(offset, lengthBytes);
      }
    },
    INVALIDATE {
      @Override
      void apply(DaxDevice device, long offset, long lengthBytes) {
        device.invalidate(offset, lengthBytes);
      }
    };

    abstract void apply(DaxDevice device, long offset, long lengthBytes);
  }

  DataCoherence(Volume volume) {
    this.volume = volume;
  }

  /// Before a range of a device is loaded for a reader.
  void beforeRead(int deviceIndex, long offset, long lengthBytes) {
    DaxDevice device = volume.device(deviceIndex);
    if (!device.coherent()) {
      device.invalidate(offset, lengthBytes);
    }
  }

  /// After a writer's bytes were stored into a range of a device.
  void afterWrite(int deviceIndex, long offset, long lengthBytes) {
    DaxDevice device = volume.device(deviceIndex);
    if (!device.coherent()) {
      device.writeBack(offset, lengthBytes);
    }
  }

  /// After a part of a file was mapped, before the guest knows.
  ///
  /// @param stores whether the mapping allows stores
  /// @return 0 or a negative errno
  int mapped(FileInode file, long offset, long lengthBytes, boolean stores, ExtentCursor cursor) {
    long to = Math.min(offset + lengthBytes, file.extents().mappedBytes());
    int moved = move(Move.INVALIDATE, file, offset, to, cursor);
    if (moved > 0) {
      mapped.merge(file.nodeid(), new Span(offset, to, stores), Span::union);
    }
    return Math.min(moved, 0);
  }

  /// A file is opened.
  ///
  /// @return 0 or a negative errno
  int open(FileInode file, ExtentCursor cursor) {
    Span span = span(file);
    return span == null ? 0 : Math.min(0, move(Move.INVALIDATE, file, span.from, span.to, cursor));
  }

  /// A file is closed by one of its users.
  ///
  /// @return 0 or a negative errno
  int close(FileInode file, ExtentCursor cursor) {
    Span span = span(file);
    return span == null || !span.stores
        ? 0
        : Math.min(0, move(Move.WRITE_BACK, file, span.from, span.to, cursor));
  }

  /// Everything that this host has stored reaches the medium, or the other users of the memory.
  /// What WRITE brought to a device that is not coherent is there already.
  ///
  /// @return 0 or a negative errno
  int sync(ExtentCursor cursor) {
    for (int i = 0; i < volume.deviceCount(); i++) {
      DaxDevice device = volume.device(i);
      if (!volume.isMissing(i) && device.writable() && device.coherent()) {
        apply(Move.WRITE_BACK, i, 0, device.sizeBytes());
      }
    }
    int result = 0;
    for (Map.Entry<Long, Span> entry : mapped.entrySet()) {
      if (entry.getValue().stores
          && volume.namespace().inode(entry.getKey()) instanceof FileInode file
          && volume.isReachable(file)) {
        result = Math.min(result, close(file, cursor));
      }
    }
    return result;
  }

  private @Nullable Span span(FileInode file) {
    return mapped.isEmpty() ? null : mapped.get(file.nodeid());
  }

  /// @return how many runs lie on devices that are not coherent, or a negative errno
  private int move(Move move, FileInode file, long from, long to, ExtentCursor cursor) {
    int moved = 0;
    for (long at = from; at < to; at += cursor.runBytes()) {
      if (!file.extents().resolve(at, to - at, cursor)) {
        return -Errno.EIO;
      }
      DaxDevice device = volume.device(cursor.deviceIndex());
      if (!device.coherent()) {
        apply(move, cursor.deviceIndex(), cursor.deviceOffset(), cursor.runBytes());
        moved++;
      }
    }
    return moved;
  }

  /// Moves a range of a device but for what is bad: a line that has failed may end the process.
  ///
  /// @return whether all of it was moved
  private boolean apply(Move move, int deviceIndex, long offset, long lengthBytes) {
    DaxDevice device = volume.device(deviceIndex);
    BadRanges bad = volume.badRanges();
    long end = offset + lengthBytes;
    boolean whole = true;
    long at = offset;
    while (at < end) {
      long length = bad.goodBytes(deviceIndex, at, end - at);
      if (length > 0) {
        move.apply(device, at, length);
        at += length;
      } else {
        whole = false;
        at += bad.badBytes(deviceIndex, at, end - at);
      }
    }
    return whole;
  }

  /// Everything of a file that is not bad reaches the medium and the other users of the memory.
  ///
  /// @return 0 or a negative errno: EIO when some of it is bad
  int writeBack(FileInode file, ExtentCursor cursor) {
    boolean whole = true;
    long size = file.sizeBytes();
    for (long done = 0; done < size; done += cursor.runBytes()) {
      if (!file.extents().resolve(done, size - done, cursor)) {
        return -Errno.EIO;
      }
      int index = cursor.deviceIndex();
      whole &= apply(Move.WRITE_BACK, index, cursor.deviceOffset(), cursor.runBytes());
    }
    return whole ? 0 : -Errno.EIO;
  }
}
