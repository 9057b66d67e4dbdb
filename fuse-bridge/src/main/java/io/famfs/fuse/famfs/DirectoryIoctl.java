package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.CreateIoctl;
import io.famfs.fuse.protocol.IoctlIn;
import io.famfs.fuse.protocol.IoctlOut;
import io.famfs.fuse.server.IdMap;
import io.famfs.fuse.server.Request;
import io.famfs.store.FileCreation;
import io.famfs.store.NewAttributes;
import io.famfs.store.Placement;
import io.famfs.store.StoreException;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import java.lang.foreign.MemorySegment;
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
    int bytes = CreateIoctl.bytesOf(IoctlIn.cmd(in, Request.ARGUMENTS));
    if (bytes == 0) {
      return -Errno.ENOTTY;
    }
    if (IoctlIn.inSize(in, Request.ARGUMENTS) != bytes
        || request.argumentBytes() < IoctlIn.BYTES + bytes
        || request.exchange().inLength() < DATA + bytes) {
      return -Errno.EINVAL;
    }
    if (request.bigEndian()) {
      CreateIoctl.FIELDS.reverse(in, DATA, DATA + bytes);
      CreateIoctl.PLACED_FIELDS.reverse(in, DATA + CreateIoctl.BYTES, DATA + bytes);
    }
    int allowed = permission(request, directory);
    if (allowed < 0) {
      return allowed;
    }
    byte[] name = CreateIoctl.name(in, DATA);
    String path = name == null ? null : NewNames.path(directory, name);
    Placement placement = bytes == CreateIoctl.BYTES ? Placement.contiguous() : placement(in);
    if (path == null || placement == null) {
      return -Errno.EINVAL;
    }
    int made = make(request, path, placement);
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
    int uid = uid(request);
    int gid = gid(request);
    if (uid == IdMap.NONE || gid == IdMap.NONE) {
      return -Errno.EINVAL;
    }
    boolean own = uid == request.uid() && gid == request.gid();
    return own || request.superuser() ? 0 : -Errno.EPERM;
  }

  /// The owner asked for, as the file system numbers it.
  private static int uid(Request request) {
    int said = CreateIoctl.uid(request.in(), DATA);
    return request.view().identities().uids().outside(said);
  }

  private static int gid(Request request) {
    int said = CreateIoctl.gid(request.in(), DATA);
    return request.view().identities().gids().outside(said);
  }

  /// The layout asked for; null when it is none that this server knows. Its numbers are the store's
  /// to check.
  private static @Nullable Placement placement(MemorySegment in) {
    return switch (CreateIoctl.layout(in, DATA)) {
      case CreateIoctl.LAYOUT_CONTIGUOUS -> Placement.contiguous();
      case CreateIoctl.LAYOUT_INTERLEAVED ->
          CreateIoctl.kind(in, DATA) == CreateIoctl.KIND_FILE
              ? Placement.interleaved(
                  CreateIoctl.chunkBytes(in, DATA),
                  CreateIoctl.strips(in, DATA),
                  CreateIoctl.buckets(in, DATA),
                  CreateIoctl.seed(in, DATA))
              : null;
      default -> null;
    };
  }

  private int make(Request request, String path, Placement placement) {
    MemorySegment in = request.in();
    int mode = CreateIoctl.mode(in, DATA);
    int uid = uid(request);
    int gid = gid(request);
    try {
      switch (CreateIoctl.kind(in, DATA)) {
        case CreateIoctl.KIND_FILE -> {
          try (FileCreation creation =
              volume.create(
                  path,
                  CreateIoctl.sizeBytes(in, DATA),
                  new NewAttributes(mode, uid, gid),
                  placement)) {
            Times.made(creation.commit());
          }
        }
        case CreateIoctl.KIND_DIRECTORY -> Times.made(volume.mkdir(path, mode, uid, gid));
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
