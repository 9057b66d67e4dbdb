package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.fuse.protocol.StatfsOut;
import io.famfs.fuse.protocol.StatxIn;
import io.famfs.fuse.protocol.StatxOut;
import io.famfs.fuse.server.Request;
import io.famfs.store.Volume;
import io.famfs.store.VolumeUsage;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;

/// GETATTR, STATX, SETATTR, ACCESS, STATFS and SYNCFS.
final class AttributeOperations {
  private final Volume volume;
  private final Namespace namespace;
  private final AttrWriter attributes;
  private final AttrSetter setter;
  private final DataCoherence coherence;

  AttributeOperations(
      Volume volume, AttrWriter attributes, AttrSetter setter, DataCoherence coherence) {
    this.volume = volume;
    this.namespace = volume.namespace();
    this.attributes = attributes;
    this.setter = setter;
    this.coherence = coherence;
  }

  int getattr(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    return inode == null
        ? -Errno.ESTALE
        : attributes.writeAttr(request.out(), Request.BODY, request.connection(), inode);
  }

  /// STATX: gives what it is asked for and knows, which is what GETATTR tells. When a file was made
  /// is not known.
  int statx(Request request) {
    MemorySegment in = request.in();
    boolean handle = (StatxIn.getattrFlags(in, Request.ARGUMENTS) & StatxIn.GETATTR_FH) != 0;
    if (handle && StatxIn.fh(in, Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    Inode inode = namespace.inode(request.nodeid());
    if (inode == null) {
      return -Errno.ESTALE;
    }
    MemorySegment out = request.out();
    long attributesAt = Request.BODY + (long) StatxOut.BYTES;
    attributes.writeAttr(out, attributesAt, request.connection(), inode);
    StatxOut.from(out, Request.BODY, out, attributesAt);
    int wanted = StatxIn.sxMask(in, Request.ARGUMENTS);
    StatxOut.mask(out, Request.BODY, wanted & StatxOut.BASIC_STATS);
    return StatxOut.BYTES;
  }

  int setattr(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    int result = inode == null ? -Errno.ESTALE : setter.set(request, inode);
    return inode == null || result < 0
        ? result
        : attributes.writeAttr(request.out(), Request.BODY, request.connection(), inode);
  }

  /// SYNCFS: everything that is in the log, and what was stored in those files, reaches the medium
  /// or the other users of the memory. Files that are still being written are not ended by it.
  int syncfs(Request request) {
    if (namespace.inode(request.nodeid()) == null) {
      return -Errno.ESTALE;
    }
    return request.view().readOnly() ? 0 : coherence.sync(Scratch.of(request).cursor);
  }

  int access(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    return inode == null ? -Errno.ESTALE : AccessCheck.check(request, inode);
  }

  /// STATFS. The longest name is one in the root directory: it is a whole path.
  int statfs(Request request) {
    VolumeUsage usage = volume.usage();
    MemorySegment out = request.out();
    out.asSlice(Request.BODY, StatfsOut.BYTES).fill((byte) 0);
    long freeInodes = usage.logEntriesTotal() - usage.logEntriesUsed();
    StatfsOut.blocks(out, Request.BODY, usage.totalBytes() / AttrWriter.BLOCK_BYTES);
    StatfsOut.bfree(out, Request.BODY, usage.freeBytes() / AttrWriter.BLOCK_BYTES);
    StatfsOut.bavail(out, Request.BODY, usage.freeBytes() / AttrWriter.BLOCK_BYTES);
    StatfsOut.files(out, Request.BODY, usage.files() + usage.directories() + 1 + freeInodes);
    StatfsOut.ffree(out, Request.BODY, freeInodes);
    StatfsOut.bsize(out, Request.BODY, AttrWriter.BLOCK_BYTES);
    StatfsOut.namelen(out, Request.BODY, LogEntryLayout.MAX_PATH_BYTES);
    StatfsOut.frsize(out, Request.BODY, AttrWriter.BLOCK_BYTES);
    return StatfsOut.BYTES;
  }
}
