package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.FlushIn;
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
///
/// Bad memory ends a READ or WRITE before it; one that begins there gets EIO. A kernel takes a
/// short answer for the end of the file when it fills its page cache, and does not look at one when
/// it writes that back: then the answer is EIO as soon as a byte is bad, and of a WRITE everything
/// else has been stored.
final class DataOperations {
  /// How often memory is looked at for one request; a page that comes and goes ends nothing else.
  private static final int MAX_LOOKS = 16;

  private final Volume volume;
  private final Namespace namespace;
  private final AttrSetter setter;
  private final DataCoherence coherence;
  private final FilesInMaking making;
  private final GoodMemory good;

  DataOperations(Volume volume, AttrSetter setter, DataCoherence coherence, FilesInMaking making) {
    this.volume = volume;
    this.namespace = volume.namespace();
    this.setter = setter;
    this.coherence = coherence;
    this.making = making;
    this.good = new GoodMemory(volume);
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
    long done = 0;
    int looks = 0;
    while (done < length) {
      if (!extents.resolve(offset + done, length - done, cursor)) {
        return -Errno.EIO;
      }
      long run = good.goodBytes(cursor);
      int result = run == 0 ? 0 : append(exchange, cursor, (int) run, copied);
      if (result == -Errno.EIO && looks++ < MAX_LOOKS && good.isBad(cursor, run)) {
        continue;
      }
      if (result < 0) {
        return counted(request, result);
      }
      done += run;
      if (run < cursor.runBytes()) {
        boolean shortAnswer =
            (ReadIn.readFlags(in, Request.ARGUMENTS) & ReadIn.LOCK_OWNER_GIVEN) != 0;
        return shortAnswer && done > 0 ? 0 : counted(request, -Errno.EIO);
      }
    }
    return 0;
  }

  private int append(Exchange exchange, ExtentCursor cursor, int length, boolean copied) {
    coherence.beforeRead(cursor.deviceIndex(), cursor.deviceOffset(), length);
    MemorySegment memory = volume.memory(cursor.deviceIndex());
    return copied
        ? exchange.appendCopy(memory, cursor.deviceOffset(), length)
        : exchange.append(memory, cursor.deviceOffset(), length);
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
    if (request.view().readOnly()) {
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
    Times.changed(file);
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
    return store(request, file, offset, length);
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
      return store(request, file, offset, (int) size);
    } catch (StoreException e) {
      return -e.errno();
    } finally {
      made.unlock();
    }
  }

  /// @return how many bytes were stored, or a negative errno
  private int store(Request request, FileInode file, long offset, int length) {
    ExtentMap extents = file.extents();
    ExtentCursor cursor = Scratch.of(request).cursor;
    boolean cached = (WriteIn.writeFlags(request.in(), Request.ARGUMENTS) & WriteIn.CACHE) != 0;
    int done = 0;
    int looks = 0;
    boolean failed = false;
    while (done < length) {
      if (!extents.resolve(offset + done, length - done, cursor)) {
        return -Errno.EIO;
      }
      int run = (int) good.goodBytes(cursor);
      int result = run == 0 ? 0 : copyIn(request, done, cursor, run);
      if (result == -Errno.EIO && looks++ < MAX_LOOKS && good.isBad(cursor, run)) {
        continue;
      }
      if (result < 0) {
        return counted(request, result);
      }
      done += run;
      if (run < cursor.runBytes() && !cached) {
        return done > 0 ? done : counted(request, -Errno.EIO);
      }
      if (run < cursor.runBytes()) {
        failed = true;
        done += (int) good.badBytes(cursor, run);
      }
    }
    return failed ? counted(request, -Errno.EIO) : done;
  }

  private int copyIn(Request request, int at, ExtentCursor cursor, int length) {
    MemorySegment memory = volume.memory(cursor.deviceIndex());
    int payload = Request.ARGUMENTS + WriteIn.BYTES + at;
    int result = request.exchange().copyIn(payload, memory, cursor.deviceOffset(), length);
    if (result == 0) {
      coherence.afterWrite(cursor.deviceIndex(), cursor.deviceOffset(), length);
    }
    return result;
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
    if (FlushIn.fh(request.in(), Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    return coherence.close(file, Scratch.of(request).cursor);
  }

  /// FSYNC: what this host has stored in the file reaches every user of the memory, and the medium
  /// where it is persistent. A file that is new goes into the log. A file on bad memory gets EIO,
  /// when everything else of it is there.
  int fsync(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : 0;
    }
    if (FsyncIn.fh(request.in(), Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    if (request.view().readOnly()) {
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
    return coherence.writeBack(file, Scratch.of(request).cursor);
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
