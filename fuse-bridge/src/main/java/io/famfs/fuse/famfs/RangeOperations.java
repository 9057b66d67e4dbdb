package io.famfs.fuse.famfs;

import io.famfs.core.ByteSize;
import io.famfs.core.Errno;
import io.famfs.fuse.protocol.CopyFileRangeIn;
import io.famfs.fuse.protocol.CopyFileRangeOut;
import io.famfs.fuse.protocol.FallocateIn;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.LseekIn;
import io.famfs.fuse.protocol.LseekOut;
import io.famfs.fuse.protocol.WriteOut;
import io.famfs.fuse.server.Request;
import io.famfs.store.NewFile;
import io.famfs.store.StoreException;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

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
  private final AttrSetter setter;
  private final FileBytes bytes;
  private final FilesInMaking making;

  RangeOperations(Volume volume, AttrSetter setter, FileBytes bytes, FilesInMaking making) {
    this.volume = volume;
    this.namespace = volume.namespace();
    this.setter = setter;
    this.bytes = bytes;
    this.making = making;
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
    if (request.view().readOnly()) {
      return -Errno.EROFS;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    int result =
        file.isCommitted() ? allocateInside(request, file, mode) : allocateNew(request, file, mode);
    if (result == 0) {
      changed(request, file);
    }
    return result;
  }

  /// Kernels that leave set-id bits to the server do not say here who may keep them.
  private void changed(Request request, FileInode file) {
    Times.changed(file);
    if (!request.superuser()) {
      setter.dropSetIds(file);
    }
  }

  private static boolean known(int mode) {
    boolean punch = (mode & FallocateIn.PUNCH_HOLE) != 0;
    return (mode & ~MODES) == 0 && (!punch || mode == PUNCH);
  }

  private int allocateInside(Request request, FileInode file, int mode) {
    if (mode != PUNCH && end(request) > file.sizeBytes()) {
      return -Errno.EFBIG;
    }
    return mode == 0 || mode == FallocateIn.KEEP_SIZE ? 0 : zero(request, file);
  }

  /// Space for a file that is new. What is in the range and in the file already becomes zeros when
  /// that was asked for; what the file grows by is zeros anyway.
  private int allocateNew(Request request, FileInode file, int mode) {
    NewFile made = making.lock(file);
    if (made == null) {
      return file.isCommitted() ? allocateInside(request, file, mode) : -Errno.ESTALE;
    }
    try {
      boolean zeros = (mode & ~FallocateIn.KEEP_SIZE) != 0;
      int result = zeros ? zero(request, file) : 0;
      if (result == 0 && mode != PUNCH && end(request) > file.sizeBytes()) {
        if ((mode & FallocateIn.KEEP_SIZE) != 0) {
          made.reserve(end(request));
        } else {
          made.resize(end(request));
        }
      }
      return result;
    } catch (StoreException e) {
      return -e.errno();
    } finally {
      made.unlock();
    }
  }

  private static long end(Request request) {
    return FallocateIn.offset(request.in(), Request.ARGUMENTS)
        + FallocateIn.length(request.in(), Request.ARGUMENTS);
  }

  private int zero(Request request, FileInode file) {
    long offset = FallocateIn.offset(request.in(), Request.ARGUMENTS);
    long length = Math.min(end(request), file.sizeBytes()) - offset;
    return bytes.zero(file, offset, length, Scratch.of(request).cursor);
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
    if (request.view().readOnly()) {
      return -Errno.EROFS;
    }
    if (request.connection().has(InitFlag.MAP_ALIGNMENT)) {
      // A kernel that maps files drops its pages of the target when it is told of success, mapped
      // or not, and loses count of them (`truncate_inode_pages_range` in `fs/fuse/file.c`, seen in
      // 7.3: later truncations never end). Refused, it copies through its mapping.
      return -Errno.EOPNOTSUPP;
    }
    if (!volume.isReachable(source) || !volume.isReachable(target)) {
      return -Errno.EIO;
    }
    boolean stays = source.isCommitted() && target.isCommitted();
    return stays ? copy(request, source, target, null) : copyNew(request, source, target);
  }

  /// Locks the files that are new, always in the order of their nodeids.
  private long copyNew(Request request, FileInode source, FileInode target) {
    boolean sourceFirst = source.nodeid() < target.nodeid();
    NewFile first = making.lock(sourceFirst ? source : target);
    NewFile second = null;
    try {
      second = source == target ? null : making.lock(sourceFirst ? target : source);
      NewFile made = sourceFirst ? second : first;
      NewFile read = sourceFirst || source == target ? first : second;
      if (isGone(source, read) || isGone(target, made)) {
        return -Errno.ESTALE;
      }
      return copy(request, source, target, made);
    } finally {
      unlock(second);
      unlock(first);
    }
  }

  private static boolean isGone(FileInode file, @Nullable NewFile locked) {
    return locked == null && !file.isCommitted();
  }

  private static void unlock(@Nullable NewFile file) {
    if (file != null) {
      file.unlock();
    }
  }

  /// @param made the destination while it is new and can grow
  private long copy(Request request, FileInode source, FileInode target, @Nullable NewFile made) {
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
    long length = room(target, made, toOffset, wanted);
    if (length < 0) {
      return length;
    }
    FileBytes.Place from = new FileBytes.Place(source, fromOffset);
    FileBytes.Place to = new FileBytes.Place(target, toOffset);
    int result = bytes.copy(from, to, length, Scratch.of(request));
    if (result < 0) {
      return result;
    }
    changed(request, target);
    return length;
  }

  /// Makes a file that is new long enough.
  ///
  /// @return how many of the bytes have room in the destination, or a negative errno
  private static long room(
      FileInode target, @Nullable NewFile made, long offset, long lengthBytes) {
    if (offset > Long.MAX_VALUE - lengthBytes) {
      return -Errno.EFBIG;
    }
    if (made != null && offset + lengthBytes > target.sizeBytes()) {
      try {
        made.resize(offset + lengthBytes);
      } catch (StoreException e) {
        return -e.errno();
      }
    }
    long inside = Math.min(lengthBytes, target.sizeBytes() - offset);
    return inside > 0 ? inside : -Errno.EFBIG;
  }
}
