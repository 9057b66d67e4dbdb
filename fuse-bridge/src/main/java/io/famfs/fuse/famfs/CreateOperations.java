package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.CreateIn;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.MknodIn;
import io.famfs.fuse.protocol.OpenFlags;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.server.Client;
import io.famfs.fuse.server.Request;
import io.famfs.store.NewAttributes;
import io.famfs.store.NewFile;
import io.famfs.store.StoreException;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import org.jspecify.annotations.Nullable;

/// CREATE and MKNOD: files whose size is not known yet. They are visible to everybody at once, can
/// grow and shrink, and go into the log as [FilesInMaking] says.
final class CreateOperations {
  private static final int TYPE = 0170000;

  private final Volume volume;
  private final Namespace namespace;
  private final AttrWriter attributes;
  private final OpenOperations opens;
  private final FilesInMaking making;

  CreateOperations(
      Volume volume, AttrWriter attributes, OpenOperations opens, FilesInMaking making) {
    this.volume = volume;
    this.namespace = volume.namespace();
    this.attributes = attributes;
    this.opens = opens;
    this.making = making;
  }

  /// CREATE: makes the file and opens it; a file that is there is opened, unless O_EXCL says
  /// otherwise.
  int create(Request request) {
    Inode parent = namespace.inode(request.nodeid());
    if (!(parent instanceof DirectoryInode directory)) {
      return parent == null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
    Inode present = NewNames.child(namespace, directory, request);
    if (present != null) {
      return openPresent(request, present);
    }
    if (request.view().readOnly()) {
      return -Errno.EROFS;
    }
    String path = NewNames.path(directory, request);
    if (path == null) {
      return -Errno.EINVAL;
    }
    int mode = CreateIn.mode(request.in(), Request.ARGUMENTS);
    NewFile file;
    try {
      file = volume.makeFile(path, attributes(directory, request, mode));
    } catch (StoreException e) {
      return failed(request, directory, e);
    }
    file.lock();
    try {
      return openMade(request, file, false);
    } finally {
      file.unlock();
    }
  }

  /// Somebody else may have made the name since it was looked up.
  private int failed(Request request, DirectoryInode directory, StoreException cause) {
    Inode present =
        cause.errno() == Errno.EEXIST ? NewNames.child(namespace, directory, request) : null;
    return present == null ? -cause.errno() : openPresent(request, present);
  }

  /// @param again whether the request comes once more
  private int openMade(Request request, NewFile file, boolean again) {
    if (file.state() != NewFile.State.MAKING) {
      return -Errno.ESTALE;
    }
    Client client = request.connection().client();
    int flags = CreateIn.flags(request.in(), Request.ARGUMENTS);
    int result = making.made(client, file, FilesInMaking.Making.OPENED);
    boolean writes = (flags & OpenFlags.ACCESS_MODE) != 0;
    if (result == 0 && writes && !(again && making.isCountedHere(client, file))) {
      result = making.opened(request, file);
    }
    if (result < 0) {
      making.abandon(file);
      return result;
    }
    Times.made(file.inode());
    return reply(request, file.inode());
  }

  /// The kernel has not checked whether the caller may open a file that it believed missing. Where
  /// the mode leaves a doubt, it is told to look again.
  private int openPresent(Request request, Inode present) {
    int flags = CreateIn.flags(request.in(), Request.ARGUMENTS);
    NewFile own = ownOf(request, present, FilesInMaking.Making.OPENED);
    if (own != null) {
      try {
        return openMade(request, own, true);
      } finally {
        own.unlock();
      }
    }
    if ((flags & OpenFlags.EXCL) != 0) {
      return -Errno.EEXIST;
    }
    if (!(present instanceof FileInode file)) {
      return -Errno.EISDIR;
    }
    if (!AccessCheck.mayOpen(request, file, flags)) {
      return -Errno.ESTALE;
    }
    int openFlags = CreateIn.openFlags(request.in(), Request.ARGUMENTS);
    int result = opens.prepare(request, file, flags, openFlags);
    return result < 0 ? result : reply(request, file);
  }

  /// The file that this request has made already, when it comes once more and the client does not
  /// know; the caller unlocks it. What the first time has done of the rest is not done twice.
  private @Nullable NewFile ownOf(Request request, Inode present, FilesInMaking.Making how) {
    NewFile made = request.resent() && present instanceof FileInode file ? making.lock(file) : null;
    if (made == null || making.isMadeBy(request, made, how)) {
      return made;
    }
    made.unlock();
    return null;
  }

  private int reply(Request request, FileInode file) {
    attributes.writeEntry(request.out(), Request.BODY, request.connection(), file);
    opens.write(request, Request.BODY + EntryOut.BYTES, file);
    return EntryOut.BYTES + OpenOut.BYTES;
  }

  /// MKNOD: a file that waits for its first writer. Devices, pipes and sockets have no place in the
  /// format. For a kernel that maps files by itself it would stay empty: what CREATE opens is
  /// written by requests, what OPEN opens never grows.
  int mknod(Request request) {
    Inode parent = namespace.inode(request.nodeid());
    if (!(parent instanceof DirectoryInode directory)) {
      return parent == null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
    Inode present = NewNames.child(namespace, directory, request);
    if (present != null) {
      NewFile own = ownOf(request, present, FilesInMaking.Making.UNOPENED);
      return own == null ? -Errno.EEXIST : notedAgain(request, own);
    }
    if (request.view().readOnly()) {
      return -Errno.EROFS;
    }
    if (MapOperations.bypasses(request)) {
      return -Errno.EOPNOTSUPP;
    }
    int mode = MknodIn.mode(request.in(), Request.ARGUMENTS);
    int type = mode & TYPE;
    if (type != 0 && type != AttrWriter.FILE_TYPE) {
      return -Errno.EPERM;
    }
    String path = NewNames.path(directory, request);
    if (path == null) {
      return -Errno.EINVAL;
    }
    NewFile file;
    try {
      file = volume.makeFile(path, attributes(directory, request, mode));
    } catch (StoreException e) {
      return -e.errno();
    }
    return noted(request, file);
  }

  private int notedAgain(Request request, NewFile locked) {
    try {
      return noted(request, locked);
    } finally {
      locked.unlock();
    }
  }

  private int noted(Request request, NewFile file) {
    Client client = request.connection().client();
    file.lock();
    try {
      int result = making.made(client, file, FilesInMaking.Making.UNOPENED);
      if (result < 0) {
        making.abandon(file);
        return result;
      }
      Times.made(file.inode());
      return attributes.writeEntry(request.out(), Request.BODY, request.connection(), file.inode());
    } finally {
      file.unlock();
    }
  }

  private static NewAttributes attributes(DirectoryInode parent, Request request, int mode) {
    int permissions = mode & Inode.PERMISSION_BITS;
    return new NewAttributes(permissions, request.uid(), NewNames.gid(parent, request));
  }
}
