package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.CreateIn;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.OpenFlags;
import io.famfs.fuse.protocol.OpenIn;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.protocol.ReleaseIn;
import io.famfs.fuse.server.Connection;
import io.famfs.fuse.server.Request;
import io.famfs.store.NewFile;
import io.famfs.store.StoreException;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;

/// OPEN and RELEASE of files.
final class OpenOperations {
  private final Volume volume;
  private final Namespace namespace;
  private final FamfsOptions options;
  private final AttrSetter setter;
  private final DataCoherence coherence;
  private final FilesInMaking making;
  private final MapOperations maps;

  OpenOperations(
      Volume volume,
      FamfsOptions options,
      AttrSetter setter,
      DataCoherence coherence,
      FilesInMaking making,
      MapOperations maps) {
    this.volume = volume;
    this.namespace = volume.namespace();
    this.options = options;
    this.setter = setter;
    this.coherence = coherence;
    this.making = making;
    this.maps = maps;
  }

  int open(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    int flags = OpenIn.flags(request.in(), Request.ARGUMENTS);
    int openFlags = OpenIn.openFlags(request.in(), Request.ARGUMENTS);
    int result = prepare(request, file, flags, openFlags);
    if (result < 0) {
      return result;
    }
    write(request, Request.BODY, file);
    return maps.append(request, OpenOut.BYTES, file);
  }

  /// Opens a file, without the reply.
  ///
  /// @param flags those of open(2)
  /// @param openFlags those of FUSE_OPEN
  /// @return 0 or a negative errno
  int prepare(Request request, FileInode file, int flags, int openFlags) {
    boolean truncate = (flags & OpenFlags.TRUNC) != 0;
    boolean writes = (flags & OpenFlags.ACCESS_MODE) != 0;
    if ((truncate || writes) && request.view().readOnly()) {
      return -Errno.EROFS;
    }
    if (truncate && file.isCommitted() && file.sizeBytes() != 0) {
      return -Errno.EPERM;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    int fresh = coherence.open(file, Scratch.of(request).cursor);
    if (fresh < 0) {
      return fresh;
    }
    int result =
        file.isCommitted() ? maps.open(request, file) : prepareNew(request, file, truncate, writes);
    if (result == 0 && truncate) {
      truncated(request, file, openFlags);
    }
    return result;
  }

  /// A file that is emptied has changed, also when it was empty.
  private void truncated(Request request, FileInode file, int openFlags) {
    if ((openFlags & CreateIn.KILL_SUIDGID) != 0) {
      setter.dropSetIds(file);
    }
    Times.changed(file);
    making.truncated(file, request.connection().client());
  }

  /// A kernel that maps files by itself can never be told that a file has grown, so it gets none
  /// that somebody may still write to. One that nobody writes to is put into the log now.
  private int prepareFinal(Request request, FileInode inode, boolean truncate) {
    NewFile file = making.lock(inode);
    if (file != null) {
      try {
        int result = making.settle(file);
        if (result < 0) {
          return result;
        }
      } finally {
        file.unlock();
      }
    }
    if (truncate && inode.sizeBytes() != 0) {
      return -Errno.EPERM;
    }
    return inode.isCommitted() ? maps.open(request, inode) : -Errno.ESTALE;
  }

  private int prepareNew(Request request, FileInode inode, boolean truncate, boolean writes) {
    if (MapOperations.bypasses(request)) {
      return prepareFinal(request, inode, truncate);
    }
    NewFile file = making.lock(inode);
    if (file == null) {
      boolean empties = truncate && inode.sizeBytes() != 0;
      return inode.isCommitted() ? (empties ? -Errno.EPERM : 0) : -Errno.ESTALE;
    }
    try {
      if (truncate && inode.sizeBytes() != 0) {
        file.resize(0);
      }
      return writes ? making.opened(request, file) : 0;
    } catch (StoreException e) {
      return -e.errno();
    } finally {
      file.unlock();
    }
  }

  /// Writes the reply for an open file.
  void write(Request request, long at, FileInode file) {
    write(request.out(), at, file, openFlags(request));
  }

  /// A kernel that reads and writes files by itself has no use for direct I/O.
  private int openFlags(Request request) {
    if (MapOperations.bypasses(request)) {
      return OpenOut.PARALLEL_DIRECT_WRITES;
    }
    if (mapsAll(request.connection())) {
      return OpenOut.KEEP_CACHE;
    }
    boolean direct = options.directIo() && request.connection().has(InitFlag.DIRECT_IO_ALLOW_MMAP);
    return direct ? OpenOut.DIRECT_IO | OpenOut.PARALLEL_DIRECT_WRITES : 0;
  }

  /// Whether a kernel maps every file, so that it caches no bytes. Direct I/O is not for it: a
  /// write that makes a new file longer, which is sent as a request, would fail with EBUSY on pages
  /// that a program has stored into (`fuse_direct_io` drops them first,
  /// `dax_invalidate_mapping_entry_sync` refuses to). Nor has it anything to drop at an open: it
  /// would drop pages that other programs have mapped, and lose count of them
  /// (`invalidate_inode_pages2` in `fuse_open`; Linux 7.3 warns in `fs/dax.c`).
  private static boolean mapsAll(Connection client) {
    return client.has(InitFlag.MAP_ALIGNMENT) && !client.has(InitFlag.HAS_INODE_DAX);
  }

  /// Writes a reply to OPEN or OPENDIR.
  static void write(MemorySegment out, long at, Inode inode, int flags) {
    OpenOut.fh(out, at, inode.nodeid());
    OpenOut.openFlags(out, at, flags);
    OpenOut.backingId(out, at, 0);
  }

  /// Any file can be locked, also one that cannot be read.
  int lockable(Request request, long fh) {
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode)) {
      return inode == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    return fh == request.nodeid() ? 0 : -Errno.EBADF;
  }

  /// RELEASE: the last of a new file's handles that can write puts it into the log. The program has
  /// gone on and does not hear of errors; the log has room, CREATE has seen to that.
  int release(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    if (inode == null) {
      return -Errno.ESTALE;
    }
    if (ReleaseIn.fh(request.in(), Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    maps.release(request);
    if (inode instanceof FileInode file && !file.isCommitted()) {
      int flags = ReleaseIn.flags(request.in(), Request.ARGUMENTS);
      boolean writes = (flags & OpenFlags.ACCESS_MODE) != 0;
      making.released(request, file, writes);
    }
    return 0;
  }
}
