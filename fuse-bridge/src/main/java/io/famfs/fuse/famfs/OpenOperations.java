package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.OpenFlags;
import io.famfs.fuse.protocol.OpenIn;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.server.Request;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;

/// OPEN and RELEASE of files.
final class OpenOperations {
  private final Volume volume;
  private final Namespace namespace;
  private final boolean readOnly;
  private final boolean directIo;
  private final DataCoherence coherence;
  private final MapOperations maps;

  OpenOperations(
      Volume volume,
      boolean readOnly,
      boolean directIo,
      DataCoherence coherence,
      MapOperations maps) {
    this.volume = volume;
    this.namespace = volume.namespace();
    this.readOnly = readOnly;
    this.directIo = directIo;
    this.coherence = coherence;
    this.maps = maps;
  }

  int open(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    int flags = OpenIn.flags(request.in(), Request.ARGUMENTS);
    boolean truncate = (flags & OpenFlags.TRUNC) != 0;
    boolean change = truncate || (flags & OpenFlags.ACCESS_MODE) != 0;
    if (change && readOnly) {
      return -Errno.EROFS;
    }
    if (truncate && file.sizeBytes() != 0) {
      return -Errno.EPERM;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    int fresh = coherence.open(file, Scratch.of(request).cursor);
    if (fresh < 0) {
      return fresh;
    }
    int told = maps.open(request, file);
    return told < 0 ? told : maps.append(request, writeOpen(request, openFlags(request)), file);
  }

  /// A kernel that reads and writes files by itself has no use for direct I/O.
  private int openFlags(Request request) {
    if (MapOperations.bypasses(request)) {
      return OpenOut.PARALLEL_DIRECT_WRITES;
    }
    boolean direct = directIo && request.connection().has(InitFlag.DIRECT_IO_ALLOW_MMAP);
    return direct ? OpenOut.DIRECT_IO | OpenOut.PARALLEL_DIRECT_WRITES : 0;
  }

  static int writeOpen(Request request, int openFlags) {
    MemorySegment out = request.out();
    OpenOut.fh(out, Request.BODY, request.nodeid());
    OpenOut.openFlags(out, Request.BODY, openFlags);
    OpenOut.backingId(out, Request.BODY, 0);
    return OpenOut.BYTES;
  }

  /// Any file can be locked, also one that cannot be read.
  int lockable(Request request, long fh) {
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode)) {
      return inode == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    return fh == request.nodeid() ? 0 : -Errno.EBADF;
  }

  int release(Request request) {
    maps.release(request);
    return 0;
  }
}
