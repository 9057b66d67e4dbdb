package io.famfs.fuse.famfs;

import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.fuse.protocol.FsyncIn;
import io.famfs.fuse.protocol.ReadIn;
import io.famfs.fuse.protocol.WriteIn;
import io.famfs.fuse.protocol.WriteOut;
import io.famfs.fuse.server.Exchange;
import io.famfs.fuse.server.Request;
import io.famfs.store.NewFile;
import io.famfs.store.StoreException;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;

/// READ, WRITE, FLUSH and FSYNC.
///
/// READ copies from device memory into the reply, WRITE from the request into device memory, with
/// one copy each; they take no lock and allocate nothing. A file that is not in the log yet is used
/// under its own lock, since its space may go back; READ copies once more then. On devices that are
/// not coherent, lines are dropped before a READ and written back behind a WRITE, see
/// [DataCoherence].
final class DataOperations {
  private final Volume volume;
  private final Namespace namespace;
  private final boolean readOnly;
  private final AttrSetter setter;
  private final DataCoherence coherence;
  private final FilesInMaking making;

  DataOperations(
      Volume volume,
      boolean readOnly,
      AttrSetter setter,
      DataCoherence coherence,
      FilesInMaking making) {
    this.volume = volume;
    this.namespace = volume.namespace();
    this.readOnly = readOnly;
    this.setter = setter;
    this.coherence = coherence;
    this.making = making;
  }

  int read(Request request) {
    MemorySegment in = request.in();
    if (ReadIn.fh(in, Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    long offset = ReadIn.offset(in, Request.ARGUMENTS);
    if (offset < 0) {
      return -Errno.EINVAL;
    }
    return file.isCommitted() ? load(request, file, offset, false) : readNew(request, file, offset);
  }

  private int readNew(Request request, FileInode file, long offset) {
    NewFile made = making.lock(file);
    if (made == null) {
      return file.isCommitted() ? load(request, file, offset, false) : -Errno.ESTALE;
    }
    try {
      return load(request, file, offset, true);
    } finally {
      made.unlock();
    }
  }

  /// @param copied whether the memory may be another's when this has returned
  private int load(Request request, FileInode file, long offset, boolean copied) {
    MemorySegment in = request.in();
    Exchange exchange = request.exchange();
    long wanted =
        Math.min(Integer.toUnsignedLong(ReadIn.size(in, Request.ARGUMENTS)), exchange.appendRoom());
    long length = Math.min(wanted, file.sizeBytes() - offset);
    ExtentMap extents = file.extents();
    ExtentCursor cursor = Scratch.of(request).cursor;
    int result = 0;
    for (long done = 0; done < length && result == 0; done += cursor.runBytes()) {
      if (!extents.resolve(offset + done, length - done, cursor)) {
        return -Errno.EIO;
      }
      coherence.beforeRead(cursor.deviceIndex(), cursor.deviceOffset(), cursor.runBytes());
      MemorySegment memory = volume.memory(cursor.deviceIndex());
      int run = (int) cursor.runBytes();
      result =
          copied
              ? exchange.appendCopy(memory, cursor.deviceOffset(), run)
              : exchange.append(memory, cursor.deviceOffset(), run);
    }
    return counted(request, result);
  }

  int write(Request request) {
    MemorySegment in = request.in();
    if (WriteIn.fh(in, Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    long offset = WriteIn.offset(in, Request.ARGUMENTS);
    long size = Integer.toUnsignedLong(WriteIn.size(in, Request.ARGUMENTS));
    if (offset < 0 || size > request.argumentBytes() - WriteIn.BYTES) {
      return -Errno.EINVAL;
    }
    if (readOnly) {
      return -Errno.EROFS;
    }
    int written =
        file.isCommitted()
            ? writeInside(request, file, offset, size)
            : writeNew(request, file, offset, size);
    if (written < 0) {
      return written;
    }
    if ((WriteIn.writeFlags(in, Request.ARGUMENTS) & WriteIn.KILL_SUIDGID) != 0) {
      setter.dropSetIds(file);
    }
    setter.changed(file);
    WriteOut.size(request.out(), Request.BODY, written);
    WriteOut.padding(request.out(), Request.BODY, 0);
    return WriteOut.BYTES;
  }

  /// @return how many bytes of them were inside the file, or a negative errno
  private int writeInside(Request request, FileInode file, long offset, long size) {
    if (size > 0 && offset >= file.sizeBytes()) {
      return -Errno.EFBIG;
    }
    int length = (int) Math.min(size, Math.max(0, file.sizeBytes() - offset));
    int result = store(request, file, offset, length);
    return result < 0 ? result : length;
  }

  /// A file that is new grows to hold what is written.
  private int writeNew(Request request, FileInode file, long offset, long size) {
    NewFile made = making.lock(file);
    if (made == null) {
      return file.isCommitted() ? writeInside(request, file, offset, size) : -Errno.ESTALE;
    }
    try {
      if (offset > Long.MAX_VALUE - size) {
        return -Errno.EFBIG;
      }
      if (size > 0 && offset + size > file.sizeBytes()) {
        made.resize(offset + size);
      }
      int result = store(request, file, offset, (int) size);
      return result < 0 ? result : (int) size;
    } catch (StoreException e) {
      return -e.errno();
    } finally {
      made.unlock();
    }
  }

  private int store(Request request, FileInode file, long offset, int length) {
    ExtentMap extents = file.extents();
    ExtentCursor cursor = Scratch.of(request).cursor;
    int payload = Request.ARGUMENTS + WriteIn.BYTES;
    int done = 0;
    int result = 0;
    while (done < length && result == 0) {
      if (!extents.resolve(offset + done, length - done, cursor)) {
        return -Errno.EIO;
      }
      MemorySegment memory = volume.memory(cursor.deviceIndex());
      int run = (int) cursor.runBytes();
      result = request.exchange().copyIn(payload + done, memory, cursor.deviceOffset(), run);
      coherence.afterWrite(cursor.deviceIndex(), cursor.deviceOffset(), run);
      done += run;
    }
    return counted(request, result);
  }

  private static int counted(Request request, int result) {
    if (result == -Errno.EIO) {
      request.countMemoryFault();
    }
    return result;
  }

  /// FLUSH: a close. What WRITE brought is in device memory already; what a guest stored through a
  /// window is written back where other hosts would not see it.
  int flush(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : 0;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    return coherence.close(file, Scratch.of(request).cursor);
  }

  /// FSYNC: what this host has stored in the file reaches every user of the memory, and the medium
  /// where it is persistent. A file that is new goes into the log.
  int fsync(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : 0;
    }
    if (FsyncIn.fh(request.in(), Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    if (readOnly) {
      return 0;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    if (!file.isCommitted()) {
      int result = commit(file);
      if (result < 0) {
        return result;
      }
    }
    ExtentCursor cursor = Scratch.of(request).cursor;
    long size = file.sizeBytes();
    for (long done = 0; done < size; done += cursor.runBytes()) {
      if (!file.extents().resolve(done, size - done, cursor)) {
        return -Errno.EIO;
      }
      DaxDevice device = volume.device(cursor.deviceIndex());
      device.writeBack(cursor.deviceOffset(), cursor.runBytes());
    }
    return 0;
  }

  private int commit(FileInode file) {
    NewFile made = making.lock(file);
    if (made == null) {
      return file.isCommitted() ? 0 : -Errno.ESTALE;
    }
    try {
      return making.commit(made);
    } finally {
      made.unlock();
    }
  }
}
