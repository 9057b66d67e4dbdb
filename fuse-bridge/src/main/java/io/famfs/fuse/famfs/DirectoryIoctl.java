package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.CreateIoctl;
import io.famfs.fuse.protocol.IoctlIn;
import io.famfs.fuse.protocol.IoctlOut;
import io.famfs.fuse.server.Request;
import io.famfs.store.FileCreation;
import io.famfs.store.StoreException;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// IOCTL on a directory: makes a file or a directory in it ([CreateIoctl]).
///
/// The caller needs to be allowed to write into the directory, and to be root to make something
/// that somebody else owns. A file is zeroed, in the log and visible when the ioctl returns.
final class DirectoryIoctl {
  private static final int DATA = Request.ARGUMENTS + IoctlIn.BYTES;

  private final Volume volume;

  DirectoryIoctl(Volume volume) {
    this.volume = volume;
  }

  /// Answers one ioctl.
  ///
  /// @return the length of the reply, -ENOTTY for an ioctl that is not ours, or another errno
  int run(Request request, DirectoryInode directory) {
    MemorySegment in = request.in();
    if (!CreateIoctl.is(IoctlIn.cmd(in, Request.ARGUMENTS))) {
      return -Errno.ENOTTY;
    }
    if (IoctlIn.inSize(in, Request.ARGUMENTS) != CreateIoctl.BYTES
        || request.argumentBytes() < IoctlIn.BYTES + CreateIoctl.BYTES
        || request.exchange().inLength() < DATA + CreateIoctl.BYTES) {
      return -Errno.EINVAL;
    }
    if (request.bigEndian()) {
      CreateIoctl.FIELDS.reverse(in, DATA, DATA + CreateIoctl.BYTES);
    }
    int allowed = permission(request, directory);
    if (allowed < 0) {
      return allowed;
    }
    String name = name(in);
    if (name == null) {
      return -Errno.EINVAL;
    }
    int made = make(in, directory.path().isEmpty() ? name : directory.path() + "/" + name);
    if (made < 0) {
      return made;
    }
    IoctlOut.result(request.out(), Request.BODY, 0);
    return IoctlOut.BYTES;
  }

  private static int permission(Request request, DirectoryInode directory) {
    if (!AccessCheck.mayChange(request, directory)) {
      return -Errno.EACCES;
    }
    boolean own =
        CreateIoctl.uid(request.in(), DATA) == request.uid()
            && CreateIoctl.gid(request.in(), DATA) == request.gid();
    return own || request.uid() == 0 ? 0 : -Errno.EPERM;
  }

  private static @Nullable String name(MemorySegment in) {
    byte[] bytes = CreateIoctl.name(in, DATA);
    if (bytes == null) {
      return null;
    }
    // A name that is not UTF-8 turns into one with replacement characters; it is refused instead.
    String name = new String(bytes, StandardCharsets.UTF_8);
    boolean same = java.util.Arrays.equals(name.getBytes(StandardCharsets.UTF_8), bytes);
    return same && name.indexOf('/') < 0 ? name : null;
  }

  private int make(MemorySegment in, String path) {
    int mode = CreateIoctl.mode(in, DATA);
    int uid = CreateIoctl.uid(in, DATA);
    int gid = CreateIoctl.gid(in, DATA);
    try {
      switch (CreateIoctl.kind(in, DATA)) {
        case CreateIoctl.KIND_FILE -> {
          try (FileCreation creation =
              volume.create(path, CreateIoctl.sizeBytes(in, DATA), mode, uid, gid)) {
            creation.commit();
          }
        }
        case CreateIoctl.KIND_DIRECTORY -> volume.mkdir(path, mode, uid, gid);
        default -> {
          return -Errno.EINVAL;
        }
      }
      return 0;
    } catch (StoreException e) {
      return -e.errno();
    }
  }
}
