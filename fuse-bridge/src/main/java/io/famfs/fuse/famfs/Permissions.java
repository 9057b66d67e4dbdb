package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.CopyFileRangeIn;
import io.famfs.fuse.protocol.CreateIn;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OpenFlags;
import io.famfs.fuse.protocol.OpenIn;
import io.famfs.fuse.protocol.Rename2In;
import io.famfs.fuse.protocol.RenameIn;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.protocol.SetupMappingIn;
import io.famfs.fuse.server.IdMap;
import io.famfs.fuse.server.Request;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What callers may do whose identities are translated, as far as their own kernel cannot have
/// checked it: what a squashed caller does, whom that kernel took for somebody else, and what
/// anybody does with something whose owner has no name there. All else that kernel has checked.
///
/// | request | wanted, by the mode | else |
/// |---|---|---|
/// | LOOKUP | execute on the directory | EACCES |
/// | OPENDIR, READDIR, READDIRPLUS | read | EACCES |
/// | OPEN | read, write, as the flags say; O_TRUNC is a write | EACCES |
/// | MKDIR, MKNOD, CREATE, SYMLINK, LINK, TMPFILE, UNLINK, RMDIR, RENAME | write and execute on the directory; where that is sticky, its owner or the entry's to remove | EACCES, EPERM |
/// | SETATTR | to be the owner; for the size alone write; for the time now alone either | EPERM, EACCES |
/// | READ, WRITE, SETUPMAPPING, FALLOCATE, COPY_FILE_RANGE | read or write, the owner always | EACCES |
///
/// The last row is about callers that are all squashed, and about what belongs to nobody the client
/// knows: a client can name a file without having opened it. Squashing root alone trusts the
/// client's kernel with open files: it may read and write them in any process's name.
final class Permissions {
  private static final int STICKY = 01000;

  /// What writing to a file changes as well.
  private static final int BY_WRITING =
      SetattrIn.VALID_SIZE
          | SetattrIn.VALID_MTIME
          | SetattrIn.VALID_MTIME_NOW
          | SetattrIn.VALID_ATIME
          | SetattrIn.VALID_ATIME_NOW
          | SetattrIn.VALID_CTIME
          | SetattrIn.VALID_KILL_SUIDGID;

  /// What says something about the request, not about what to change.
  private static final int CONTEXT = SetattrIn.VALID_FH | SetattrIn.VALID_LOCKOWNER;

  private final Namespace namespace;

  Permissions(Namespace namespace) {
    this.namespace = namespace;
  }

  /// Checks a request.
  ///
  /// @return 0, -EACCES, -EPERM, or -EOVERFLOW when the caller would own something and has no
  ///   number to own it by
  int check(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    if (inode == null) {
      // The handler says what that means.
      return 0;
    }
    MemorySegment in = request.in();
    return switch (request.opcode()) {
      case Opcode.LOOKUP -> need(request, inode, AccessCheck.EXECUTE);
      case Opcode.OPENDIR, Opcode.READDIR, Opcode.READDIRPLUS ->
          need(request, inode, AccessCheck.READ);
      case Opcode.OPEN -> need(request, inode, wanted(OpenIn.flags(in, Request.ARGUMENTS)));
      case Opcode.CREATE -> create(request, inode);
      case Opcode.MKDIR, Opcode.MKNOD, Opcode.SYMLINK, Opcode.TMPFILE -> make(request, inode);
      case Opcode.LINK -> change(request, inode);
      case Opcode.UNLINK, Opcode.RMDIR -> remove(request, inode, false);
      case Opcode.RENAME -> rename(request, inode, RenameIn.newdir(in, Request.ARGUMENTS));
      case Opcode.RENAME2 -> rename(request, inode, Rename2In.newdir(in, Request.ARGUMENTS));
      case Opcode.SETATTR -> setattr(request, inode);
      case Opcode.READ -> data(request, inode, AccessCheck.READ);
      case Opcode.WRITE, Opcode.FALLOCATE -> data(request, inode, AccessCheck.WRITE);
      case Opcode.SETUPMAPPING -> data(request, inode, mapped(in));
      case Opcode.COPY_FILE_RANGE, Opcode.COPY_FILE_RANGE_64 -> copy(request, inode);
      default -> 0;
    };
  }

  /// Whether the client's kernel has checked this caller and this inode as they are.
  private static boolean isChecked(Request request, Inode inode) {
    return !request.squashed() && !AccessCheck.isForeign(request, inode);
  }

  private static int need(Request request, Inode inode, int wanted) {
    boolean may =
        isChecked(request, inode) || (AccessCheck.granted(request, inode) & wanted) == wanted;
    return may ? 0 : -Errno.EACCES;
  }

  private static int wanted(int openFlags) {
    int access =
        switch (openFlags & OpenFlags.ACCESS_MODE) {
          case 0 -> AccessCheck.READ;
          case 1 -> AccessCheck.WRITE;
          default -> AccessCheck.READ | AccessCheck.WRITE;
        };
    return (openFlags & OpenFlags.TRUNC) != 0 ? access | AccessCheck.WRITE : access;
  }

  private static int mapped(MemorySegment in) {
    boolean stores = (SetupMappingIn.flags(in, Request.ARGUMENTS) & SetupMappingIn.WRITE) != 0;
    return stores ? AccessCheck.READ | AccessCheck.WRITE : AccessCheck.READ;
  }

  private static int change(Request request, Inode directory) {
    return need(request, directory, AccessCheck.WRITE | AccessCheck.EXECUTE);
  }

  private static int make(Request request, Inode directory) {
    if (request.uid() == IdMap.NONE || request.gid() == IdMap.NONE) {
      return -Errno.EOVERFLOW;
    }
    return change(request, directory);
  }

  /// What is there is opened, and whether it may be is found by the handler.
  private int create(Request request, Inode directory) {
    if (child(request, directory) == null) {
      return make(request, directory);
    }
    int found = need(request, directory, AccessCheck.EXECUTE);
    int flags = CreateIn.flags(request.in(), Request.ARGUMENTS);
    boolean opens = (flags & OpenFlags.EXCL) == 0;
    return found < 0 || !opens ? found : openPresent(request, directory, wanted(flags));
  }

  private int openPresent(Request request, Inode directory, int wanted) {
    Inode present = child(request, directory);
    return present == null ? 0 : need(request, present, wanted);
  }

  private @Nullable Inode child(Request request, Inode directory) {
    return directory instanceof DirectoryInode parent
        ? NewNames.child(namespace, parent, request)
        : null;
  }

  private int remove(Request request, Inode directory, boolean second) {
    int changed = change(request, directory);
    if (changed < 0 || !(directory instanceof DirectoryInode parent)) {
      return changed;
    }
    Inode entry =
        second
            ? namespace.lookup(
                parent, request.in(), request.secondNameOffset(), request.secondNameLength())
            : child(request, parent);
    if (entry == null || (directory.mode() & STICKY) == 0) {
      return 0;
    }
    return owns(request, entry) || owns(request, directory) ? 0 : -Errno.EPERM;
  }

  private int rename(Request request, Inode from, long newParent) {
    int removed = remove(request, from, false);
    Inode to = namespace.inode(newParent);
    return removed < 0 || to == null ? removed : remove(request, to, true);
  }

  /// Whether a caller has the power of an owner; true where the client's kernel has looked.
  private static boolean owns(Request request, Inode inode) {
    if (isChecked(request, inode)) {
      return true;
    }
    return !AccessCheck.isForeign(request, inode)
        && (request.superuser() || request.uid() == inode.uid());
  }

  private static int setattr(Request request, Inode inode) {
    if (isChecked(request, inode)) {
      return 0;
    }
    MemorySegment in = request.in();
    int valid = SetattrIn.valid(in, Request.ARGUMENTS) & ~CONTEXT;
    if (owns(request, inode)) {
      return setOwner(request, inode, valid);
    }
    boolean writers = (valid & ~BY_WRITING) == 0 && setsTimesToNow(valid);
    return writers ? need(request, inode, AccessCheck.WRITE) : -Errno.EPERM;
  }

  /// Whether no time is set to another than that of the request.
  private static boolean setsTimesToNow(int valid) {
    boolean mtime =
        (valid & SetattrIn.VALID_MTIME) == 0 || (valid & SetattrIn.VALID_MTIME_NOW) != 0;
    boolean atime =
        (valid & SetattrIn.VALID_ATIME) == 0 || (valid & SetattrIn.VALID_ATIME_NOW) != 0;
    return mtime && atime;
  }

  /// An owner gives nothing away, and takes a group only that is its own.
  private static int setOwner(Request request, Inode inode, int valid) {
    if (request.superuser()) {
      return 0;
    }
    MemorySegment in = request.in();
    boolean given =
        (valid & SetattrIn.VALID_UID) != 0 && SetattrIn.uid(in, Request.ARGUMENTS) != inode.uid();
    int group = SetattrIn.gid(in, Request.ARGUMENTS);
    boolean regrouped =
        (valid & SetattrIn.VALID_GID) != 0 && group != inode.gid() && group != request.gid();
    return given || regrouped ? -Errno.EPERM : 0;
  }

  private static int data(Request request, Inode inode, int wanted) {
    boolean foreign = AccessCheck.isForeign(request, inode);
    boolean all = request.view().identities().squashesAll();
    if ((!foreign && !all) || (all && request.uid() == inode.uid())) {
      return 0;
    }
    return need(request, inode, wanted);
  }

  private int copy(Request request, Inode from) {
    Inode to = namespace.inode(CopyFileRangeIn.nodeidOut(request.in(), Request.ARGUMENTS));
    int read = data(request, from, AccessCheck.READ);
    return read < 0 || to == null ? read : data(request, to, AccessCheck.WRITE);
  }
}
