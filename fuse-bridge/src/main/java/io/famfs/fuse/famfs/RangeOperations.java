package io.famfs.fuse.famfs;

import io.famfs.core.ByteSize;
import io.famfs.core.Errno;
import io.famfs.fuse.protocol.CopyFileRangeIn;
import io.famfs.fuse.protocol.CopyFileRangeOut;
import io.famfs.fuse.protocol.FallocateIn;
import io.famfs.fuse.protocol.LseekIn;
import io.famfs.fuse.protocol.LseekOut;
import io.famfs.fuse.protocol.WriteOut;
import io.famfs.fuse.server.Request;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;

/// FALLOCATE, LSEEK, COPY_FILE_RANGE: what is done to ranges of files without their bytes going to
/// the client and back.
final class RangeOperations {
  /// Most bytes copied for one request: some milliseconds. Who wants more asks again.
  static final long COPY_BYTES = 64 * ByteSize.MIB;

  private static final int MODES =
      FallocateIn.KEEP_SIZE | FallocateIn.PUNCH_HOLE | FallocateIn.ZERO_RANGE;
  private static final int PUNCH = FallocateIn.PUNCH_HOLE | FallocateIn.KEEP_SIZE;

  private final Volume volume;
  private final Namespace namespace;
  private final boolean readOnly;
  private final AttrSetter setter;
  private final FileBytes bytes;

  RangeOperations(Volume volume, boolean readOnly, AttrSetter setter, FileBytes bytes) {
    this.volume = volume;
    this.namespace = volume.namespace();
    this.readOnly = readOnly;
    this.setter = setter;
    this.bytes = bytes;
  }

  int fallocate(Request request) {
    MemorySegment in = request.in();
    if (FallocateIn.fh(in, Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    long offset = FallocateIn.offset(in, Request.ARGUMENTS);
    long length = FallocateIn.length(in, Request.ARGUMENTS);
    int mode = FallocateIn.mode(in, Request.ARGUMENTS);
    if (offset < 0 || length <= 0) {
      return -Errno.EINVAL;
    }
    if (!known(mode)) {
      return -Errno.EOPNOTSUPP;
    }
    if (offset > Long.MAX_VALUE - length) {
      return -Errno.EFBIG;
    }
    if (readOnly) {
      return -Errno.EROFS;
    }
    return volume.isReachable(file) ? allocate(request, file, mode) : -Errno.EIO;
  }

  private static boolean known(int mode) {
    boolean punch = (mode & FallocateIn.PUNCH_HOLE) != 0;
    return (mode & ~MODES) == 0 && (!punch || mode == PUNCH);
  }

  private int allocate(Request request, FileInode file, int mode) {
    long offset = FallocateIn.offset(request.in(), Request.ARGUMENTS);
    long end = offset + FallocateIn.length(request.in(), Request.ARGUMENTS);
    boolean punch = mode == PUNCH;
    if (end > file.sizeBytes() && !punch) {
      return -Errno.EFBIG;
    }
    if ((mode & ~FallocateIn.KEEP_SIZE) == 0) {
      return 0;
    }
    long length = Math.min(end, file.sizeBytes()) - offset;
    int result = bytes.zero(file, offset, length, Scratch.of(request).cursor);
    if (result == 0) {
      setter.changed(file);
    }
    return result;
  }

  /// LSEEK: a file is data from its first byte to its last.
  int lseek(Request request) {
    MemorySegment in = request.in();
    if (LseekIn.fh(in, Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    int whence = LseekIn.whence(in, Request.ARGUMENTS);
    if (whence != LseekIn.SEEK_DATA && whence != LseekIn.SEEK_HOLE) {
      return -Errno.EINVAL;
    }
    long offset = LseekIn.offset(in, Request.ARGUMENTS);
    long size = file.sizeBytes();
    if (offset < 0 || offset >= size) {
      return -Errno.ENXIO;
    }
    LseekOut.offset(request.out(), Request.BODY, whence == LseekIn.SEEK_DATA ? offset : size);
    return LseekOut.BYTES;
  }

  int copyFileRange(Request request) {
    long copied = copy(request);
    if (copied < 0) {
      return (int) copied;
    }
    WriteOut.size(request.out(), Request.BODY, (int) copied);
    WriteOut.padding(request.out(), Request.BODY, 0);
    return WriteOut.BYTES;
  }

  int copyFileRange64(Request request) {
    long copied = copy(request);
    if (copied < 0) {
      return (int) copied;
    }
    CopyFileRangeOut.bytesCopied(request.out(), Request.BODY, copied);
    return CopyFileRangeOut.BYTES;
  }

  private long copy(Request request) {
    MemorySegment in = request.in();
    int at = Request.ARGUMENTS;
    long targetId = CopyFileRangeIn.nodeidOut(in, at);
    if (CopyFileRangeIn.fhIn(in, at) != request.nodeid()
        || CopyFileRangeIn.fhOut(in, at) != targetId) {
      return -Errno.EBADF;
    }
    Inode from = namespace.inode(request.nodeid());
    Inode to = namespace.inode(targetId);
    if (!(from instanceof FileInode source) || !(to instanceof FileInode target)) {
      return from == null || to == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    if (readOnly) {
      return -Errno.EROFS;
    }
    if (!volume.isReachable(source) || !volume.isReachable(target)) {
      return -Errno.EIO;
    }
    return copy(request, source, target);
  }

  private long copy(Request request, FileInode source, FileInode target) {
    long fromOffset = CopyFileRangeIn.offIn(request.in(), Request.ARGUMENTS);
    long toOffset = CopyFileRangeIn.offOut(request.in(), Request.ARGUMENTS);
    long asked = CopyFileRangeIn.len(request.in(), Request.ARGUMENTS);
    if (CopyFileRangeIn.flags(request.in(), Request.ARGUMENTS) != 0
        || fromOffset < 0
        || toOffset < 0
        || asked < 0) {
      return -Errno.EINVAL;
    }
    long wanted = Math.min(Math.min(asked, COPY_BYTES), source.sizeBytes() - fromOffset);
    if (wanted <= 0) {
      return 0;
    }
    if (source == target && Math.abs(fromOffset - toOffset) < wanted) {
      return -Errno.EINVAL;
    }
    if (toOffset >= target.sizeBytes()) {
      return -Errno.EFBIG;
    }
    long length = Math.min(wanted, target.sizeBytes() - toOffset);
    FileBytes.Place from = new FileBytes.Place(source, fromOffset);
    FileBytes.Place to = new FileBytes.Place(target, toOffset);
    int result = bytes.copy(from, to, length, Scratch.of(request));
    if (result < 0) {
      return result;
    }
    setter.changed(target);
    return length;
  }
}
