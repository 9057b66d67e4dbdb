package io.famfs.fuse.famfs;

import io.famfs.fuse.protocol.Attr;
import io.famfs.fuse.protocol.AttrOut;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.server.Client;
import io.famfs.fuse.server.Connection;
import io.famfs.fuse.server.Identities;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/// Writes what is known of an inode into replies.
///
/// The attributes of a file with set-id bits may not be kept: a WRITE can take the bits away, and a
/// kernel whose WRITE it was does not look again by itself.
final class AttrWriter {
  static final int DIRECTORY_TYPE = 0040000;
  static final int FILE_TYPE = 0100000;
  static final int PERMISSIONS = 07777;
  static final int BLOCK_BYTES = 4096;

  private static final int SECTOR_BYTES = 512;

  private static final int OWN_LINKS = 2;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Timeouts timeouts;
  private final Timeouts heardTimeouts;
  private final DaxChoice dax;

  AttrWriter(FamfsOptions options, DaxChoice dax) {
    this.dax = dax;
    timeouts = options.timeouts();
    heardTimeouts = options.heardTimeouts();
  }

  private Duration entryTimeout(Connection connection) {
    boolean told = connection.client().hears() == Client.Hearing.ALL;
    return (told ? heardTimeouts : timeouts).entry();
  }

  private Duration attributeTimeout(Connection connection, Inode inode) {
    if (AttrSetter.hasSetIds(inode)) {
      return Duration.ZERO;
    }
    boolean told = connection.client().hears() != Client.Hearing.NOTHING;
    return (told ? heardTimeouts : timeouts).attributes();
  }

  /// Type and permissions.
  static int mode(Inode inode) {
    int type = inode instanceof DirectoryInode ? DIRECTORY_TYPE : FILE_TYPE;
    return type | (inode.mode() & PERMISSIONS);
  }

  int writeAttr(MemorySegment out, long at, Connection connection, Inode inode) {
    Duration valid = attributeTimeout(connection, inode);
    AttrOut.attrValid(out, at, valid.getSeconds());
    AttrOut.attrValidNsec(out, at, valid.getNano());
    AttrOut.dummy(out, at, 0);
    attributes(out, at + AttrOut.ATTR_OFFSET, connection, inode);
    return AttrOut.BYTES;
  }

  int writeEntry(MemorySegment out, long at, Connection connection, Inode inode) {
    EntryOut.nodeid(out, at, connection.client().view().outward(inode.nodeid()));
    EntryOut.generation(out, at, 0);
    Duration valid = entryTimeout(connection);
    EntryOut.entryValid(out, at, valid.getSeconds());
    EntryOut.entryValidNsec(out, at, valid.getNano());
    Duration attributesValid = attributeTimeout(connection, inode);
    EntryOut.attrValid(out, at, attributesValid.getSeconds());
    EntryOut.attrValidNsec(out, at, attributesValid.getNano());
    attributes(out, at + EntryOut.ATTR_OFFSET, connection, inode);
    return EntryOut.BYTES;
  }

  private void attributes(MemorySegment out, long at, Connection connection, Inode inode) {
    long allocatedBytes = 0;
    int flags = 0;
    if (inode instanceof FileInode file) {
      allocatedBytes = file.extents().allocatedBytes();
      flags = dax.maps(connection, file) ? Attr.FLAG_DAX : 0;
    }
    Attr.ino(out, at, connection.client().view().outward(inode.nodeid()));
    Attr.size(out, at, inode.sizeBytes());
    Attr.blocks(out, at, allocatedBytes / SECTOR_BYTES);
    times(out, at, inode);
    Attr.mode(out, at, mode(inode));
    Attr.nlink(out, at, links(inode));
    Identities identities = connection.client().view().identities();
    Attr.uid(out, at, identities.shownUid(inode.uid()));
    Attr.gid(out, at, identities.shownGid(inode.gid()));
    Attr.rdev(out, at, 0);
    Attr.blksize(out, at, BLOCK_BYTES);
    Attr.flags(out, at, flags);
  }

  /// A directory is linked by its name and by its own `.`, and by the `..` of each one in it.
  static int links(Inode inode) {
    return switch (inode) {
      case DirectoryInode directory -> OWN_LINKS + directory.directoryCount();
      case FileInode file -> file.isUnlinked() ? 0 : 1;
    };
  }

  private static void times(MemorySegment out, long at, Inode inode) {
    long atimeNanos = inode.atimeNanos();
    long mtimeNanos = inode.mtimeNanos();
    long ctimeNanos = inode.ctimeNanos();
    Attr.atime(out, at, Math.floorDiv(atimeNanos, NANOS_PER_SECOND));
    Attr.mtime(out, at, Math.floorDiv(mtimeNanos, NANOS_PER_SECOND));
    Attr.ctime(out, at, Math.floorDiv(ctimeNanos, NANOS_PER_SECOND));
    Attr.atimensec(out, at, (int) Math.floorMod(atimeNanos, NANOS_PER_SECOND));
    Attr.mtimensec(out, at, (int) Math.floorMod(mtimeNanos, NANOS_PER_SECOND));
    Attr.ctimensec(out, at, (int) Math.floorMod(ctimeNanos, NANOS_PER_SECOND));
  }
}
