package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.DirentWriter;
import io.famfs.fuse.protocol.ReadIn;
import io.famfs.fuse.server.Request;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.Inode;

/// Lists directories. Cookies are 1 behind `.`, 2 behind `..` and 3 + i behind child i, which stays
/// at its position for ever: a listing that goes on after files were added misses and repeats none.
final class DirectoryReader {
  private static final int DOT = 0;
  private static final int DOT_DOT = 1;
  private static final int FIRST_CHILD = 2;
  private static final byte[] DOT_NAME = {'.'};
  private static final byte[] DOT_DOT_NAME = {'.', '.'};

  private final AttrWriter attributes;

  DirectoryReader(AttrWriter attributes) {
    this.attributes = attributes;
  }

  /// READDIR and READDIRPLUS.
  ///
  /// @return length of the listing, 0 at its end; -EINVAL when not even one entry has room
  int list(Request request, DirectoryInode directory, boolean plus, DirentWriter dirents) {
    long cookie = ReadIn.offset(request.in(), Request.ARGUMENTS);
    long size = Integer.toUnsignedLong(ReadIn.size(request.in(), Request.ARGUMENTS));
    int count = directory.childCount() + FIRST_CHILD;
    if (cookie < 0 || cookie >= count) {
      return 0;
    }
    dirents.wrap(request.out(), Request.BODY, (int) Math.min(size, request.bodyRoom()), plus);
    for (int position = (int) cookie; position < count; position++) {
      boolean room =
          position < FIRST_CHILD
              ? addDot(request, directory, position, plus, dirents)
              : addChild(request, directory, position, plus, dirents);
      if (!room) {
        return dirents.lengthBytes() == 0 ? -Errno.EINVAL : dirents.lengthBytes();
      }
    }
    return dirents.lengthBytes();
  }

  private static boolean addDot(
      Request request, DirectoryInode directory, int position, boolean plus, DirentWriter dirents) {
    byte[] name = position == DOT ? DOT_NAME : DOT_DOT_NAME;
    if (!dirents.hasRoom(name.length)) {
      return false;
    }
    Inode inode = position == DOT_DOT ? NewNames.parent(directory, request) : directory;
    if (plus) {
      dirents.skipEntry();
    }
    long ino = request.view().outward(inode.nodeid());
    dirents.add(ino, position + 1L, AttrWriter.DIRECTORY_TYPE, name);
    return true;
  }

  private boolean addChild(
      Request request, DirectoryInode directory, int position, boolean plus, DirentWriter dirents) {
    Inode child = directory.child(position - FIRST_CHILD);
    if (child == null) {
      // It was new, and is gone.
      return true;
    }
    if (!dirents.hasRoom(child.nameLengthBytes())) {
      return false;
    }
    if (plus) {
      attributes.writeEntry(request.out(), dirents.entryAt(), request.connection(), child);
    }
    dirents.add(child.nodeid(), position + 1L, AttrWriter.mode(child), child.name());
    return true;
  }
}
