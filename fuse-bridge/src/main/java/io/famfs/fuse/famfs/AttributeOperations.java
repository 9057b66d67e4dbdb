package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.StatfsOut;
import io.famfs.fuse.server.Request;
import io.famfs.store.Volume;
import io.famfs.store.VolumeUsage;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;

/// GETATTR, SETATTR, ACCESS and STATFS.
final class AttributeOperations {
  private final Volume volume;
  private final Namespace namespace;
  private final boolean readOnly;
  private final AttrWriter attributes;
  private final AttrSetter setter;

  AttributeOperations(Volume volume, boolean readOnly, AttrWriter attributes, AttrSetter setter) {
    this.volume = volume;
    this.namespace = volume.namespace();
    this.readOnly = readOnly;
    this.attributes = attributes;
    this.setter = setter;
  }

  int getattr(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    return inode == null
        ? -Errno.ESTALE
        : attributes.writeAttr(request.out(), Request.BODY, request.connection(), inode);
  }

  int setattr(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    int result = inode == null ? -Errno.ESTALE : setter.set(request, inode);
    return inode == null || result < 0
        ? result
        : attributes.writeAttr(request.out(), Request.BODY, request.connection(), inode);
  }

  int access(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    return inode == null ? -Errno.ESTALE : AccessCheck.check(request, inode, readOnly);
  }

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
    StatfsOut.namelen(out, Request.BODY, Request.NAME_MAX);
    StatfsOut.frsize(out, Request.BODY, AttrWriter.BLOCK_BYTES);
    return StatfsOut.BYTES;
  }
}
