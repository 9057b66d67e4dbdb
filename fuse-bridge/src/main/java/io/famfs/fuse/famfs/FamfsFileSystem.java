package io.famfs.fuse.famfs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.fuse.protocol.FsyncIn;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.IoctlIn;
import io.famfs.fuse.protocol.OpenFlags;
import io.famfs.fuse.protocol.OpenIn;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.protocol.ReadIn;
import io.famfs.fuse.protocol.SetupMappingIn;
import io.famfs.fuse.protocol.StatfsOut;
import io.famfs.fuse.protocol.WriteIn;
import io.famfs.fuse.protocol.WriteOut;
import io.famfs.fuse.server.Exchange;
import io.famfs.fuse.server.FuseFileSystem;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.Request;
import io.famfs.store.Volume;
import io.famfs.store.VolumeUsage;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Serves a volume. `nodeid` is the inode's own, on every host and after every restart; `fh` is the
/// nodeid once more, so nothing has to be remembered about an open file.
///
/// Files are fixed in size and owner. What a program gets that asks for more:
///
/// | asked for | answer | why this |
/// |---|---|---|
/// | another size, O_TRUNC of a file that is not empty | EPERM | truncate(2) names it for file systems that cannot |
/// | write at or behind the end | EFBIG | as at the limit of a file's size |
/// | write across the end | the part inside | as at the limit of a file's size |
/// | another mode, owner or group | EPERM | as on file systems that have none; the same again is no change |
/// | times | kept until the volume is closed | the format has no times; `touch`, `cp -p`, `tar` work |
/// | any change when read-only | EROFS | |
/// | a nodeid that does not exist | ESTALE | the peer's memory is of another volume |
/// | an fh of another file | EBADF | |
/// | a file with space on a device that is missing | EIO | its attributes are known all the same |
///
/// READ copies from device memory into the reply, WRITE from the request into device memory, with
/// one copy each; they take no lock and allocate nothing. On devices that are not coherent, lines
/// are dropped before a READ and written back behind a WRITE, see [DataCoherence].
public final class FamfsFileSystem implements FuseFileSystem {
  private static final long ANY_FH = -1;

  private final Volume volume;
  private final Namespace namespace;
  private final boolean readOnly;
  private final boolean directIo;
  private final AttrWriter attributes;
  private final DirectoryReader directories;
  private final AttrSetter setter;
  private final DirectoryIoctl directoryIoctl;
  private final DataCoherence coherence;

  /// Serves `volume`, which stays the caller's and has to outlive every session.
  public FamfsFileSystem(Volume volume, FamfsOptions options) {
    this.volume = volume;
    this.namespace = volume.namespace();
    this.readOnly = options.readOnly() || !devicesWritable(volume);
    this.directIo = options.directIo();
    this.attributes = new AttrWriter(options);
    this.directories = new DirectoryReader(attributes);
    this.setter = new AttrSetter(readOnly);
    this.directoryIoctl = new DirectoryIoctl(volume);
    this.coherence = new DataCoherence(volume);
  }

  private static boolean devicesWritable(Volume volume) {
    for (int i = 0; i < volume.deviceCount(); i++) {
      if (!volume.isMissing(i) && !volume.device(i).writable()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public int lookup(Request request) {
    Inode parent = namespace.inode(request.nodeid());
    if (!(parent instanceof DirectoryInode directory)) {
      return parent == null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
    Inode child = child(directory, request);
    return child == null
        ? -Errno.ENOENT
        : attributes.writeEntry(request.out(), Request.BODY, request.connection(), child);
  }

  /// `.` and `..` are asked for when a kernel exports its mount and has forgotten a directory.
  private @Nullable Inode child(DirectoryInode directory, Request request) {
    MemorySegment in = request.in();
    int at = request.nameOffset();
    int length = request.nameLength();
    boolean dots = length <= 2 && in.get(JAVA_BYTE, at) == '.';
    if (dots && length == 1) {
      return directory;
    }
    if (dots && in.get(JAVA_BYTE, at + 1L) == '.') {
      return directory.parent();
    }
    return namespace.lookup(directory, in, at, length);
  }

  @Override
  public int getattr(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    return inode == null
        ? -Errno.ESTALE
        : attributes.writeAttr(request.out(), Request.BODY, request.connection(), inode);
  }

  @Override
  public int setattr(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    int result = inode == null ? -Errno.ESTALE : setter.set(request, inode);
    return inode == null || result < 0
        ? result
        : attributes.writeAttr(request.out(), Request.BODY, request.connection(), inode);
  }

  @Override
  public int open(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    int flags = OpenIn.flags(request.in(), Request.ARGUMENTS);
    boolean truncate = (flags & OpenFlags.TRUNC) != 0;
    boolean change = truncate || (flags & OpenFlags.ACCESS_MODE) != 0;
    if (change && readOnly) {
      return -Errno.EROFS;
    }
    if (truncate && file.sizeBytes() != 0) {
      return -Errno.EPERM;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    int fresh = coherence.open(file, Scratch.of(request).cursor);
    if (fresh < 0) {
      return fresh;
    }
    boolean direct = directIo && request.connection().has(InitFlag.DIRECT_IO_ALLOW_MMAP);
    int openFlags = direct ? OpenOut.DIRECT_IO | OpenOut.PARALLEL_DIRECT_WRITES : 0;
    return writeOpen(request, openFlags);
  }

  private static int writeOpen(Request request, int openFlags) {
    MemorySegment out = request.out();
    OpenOut.fh(out, Request.BODY, request.nodeid());
    OpenOut.openFlags(out, Request.BODY, openFlags);
    OpenOut.backingId(out, Request.BODY, 0);
    return OpenOut.BYTES;
  }

  @Override
  public int read(Request request) {
    MemorySegment in = request.in();
    if (ReadIn.fh(in, Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    long offset = ReadIn.offset(in, Request.ARGUMENTS);
    if (offset < 0) {
      return -Errno.EINVAL;
    }
    Exchange exchange = request.exchange();
    long wanted =
        Math.min(Integer.toUnsignedLong(ReadIn.size(in, Request.ARGUMENTS)), exchange.appendRoom());
    long length = Math.min(wanted, file.sizeBytes() - offset);
    ExtentMap extents = file.extents();
    ExtentCursor cursor = Scratch.of(request).cursor;
    int result = 0;
    for (long done = 0; done < length && result == 0; done += cursor.runBytes()) {
      if (!extents.resolve(offset + done, length - done, cursor)) {
        return -Errno.EIO;
      }
      coherence.beforeRead(cursor.deviceIndex(), cursor.deviceOffset(), cursor.runBytes());
      MemorySegment memory = volume.memory(cursor.deviceIndex());
      result = exchange.append(memory, cursor.deviceOffset(), (int) cursor.runBytes());
    }
    return counted(request, result);
  }

  @Override
  public int write(Request request) {
    MemorySegment in = request.in();
    if (WriteIn.fh(in, Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    long offset = WriteIn.offset(in, Request.ARGUMENTS);
    long size = Integer.toUnsignedLong(WriteIn.size(in, Request.ARGUMENTS));
    if (offset < 0 || size > request.argumentBytes() - WriteIn.BYTES) {
      return -Errno.EINVAL;
    }
    if (readOnly) {
      return -Errno.EROFS;
    }
    if (size > 0 && offset >= file.sizeBytes()) {
      return -Errno.EFBIG;
    }
    int length = (int) Math.min(size, Math.max(0, file.sizeBytes() - offset));
    int result = store(request, file, offset, length);
    if (result < 0) {
      return result;
    }
    setter.changed(file);
    WriteOut.size(request.out(), Request.BODY, length);
    WriteOut.padding(request.out(), Request.BODY, 0);
    return WriteOut.BYTES;
  }

  private int store(Request request, FileInode file, long offset, int length) {
    ExtentMap extents = file.extents();
    ExtentCursor cursor = Scratch.of(request).cursor;
    int payload = Request.ARGUMENTS + WriteIn.BYTES;
    int done = 0;
    int result = 0;
    while (done < length && result == 0) {
      if (!extents.resolve(offset + done, length - done, cursor)) {
        return -Errno.EIO;
      }
      MemorySegment memory = volume.memory(cursor.deviceIndex());
      int run = (int) cursor.runBytes();
      result = request.exchange().copyIn(payload + done, memory, cursor.deviceOffset(), run);
      coherence.afterWrite(cursor.deviceIndex(), cursor.deviceOffset(), run);
      done += run;
    }
    return counted(request, result);
  }

  private static int counted(Request request, int result) {
    if (result == -Errno.EIO) {
      request.countMemoryFault();
    }
    return result;
  }

  /// FLUSH: a close. What WRITE brought is in device memory already; what a guest stored through a
  /// window is written back where other hosts would not see it.
  @Override
  public int flush(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : 0;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    return coherence.close(file, Scratch.of(request).cursor);
  }

  /// FSYNC: what this host has stored in the file reaches every user of the memory, and the medium
  /// where it is persistent.
  @Override
  public int fsync(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : 0;
    }
    if (FsyncIn.fh(request.in(), Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    if (readOnly) {
      return 0;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    ExtentCursor cursor = Scratch.of(request).cursor;
    long size = file.sizeBytes();
    for (long done = 0; done < size; done += cursor.runBytes()) {
      if (!file.extents().resolve(done, size - done, cursor)) {
        return -Errno.EIO;
      }
      DaxDevice device = volume.device(cursor.deviceIndex());
      device.writeBack(cursor.deviceOffset(), cursor.runBytes());
    }
    return 0;
  }

  @Override
  public int release(Request request) {
    return 0;
  }

  @Override
  public int opendir(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof DirectoryInode)) {
      return inode == null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
    return writeOpen(request, 0);
  }

  @Override
  public int readdir(Request request) {
    return list(request, false);
  }

  @Override
  public int readdirplus(Request request) {
    return list(request, true);
  }

  private int list(Request request, boolean plus) {
    if (ReadIn.fh(request.in(), Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof DirectoryInode directory)) {
      return inode == null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
    return directories.list(request, directory, plus, Scratch.of(request).dirents);
  }

  @Override
  public int releasedir(Request request) {
    return 0;
  }

  /// FSYNCDIR: an entry is in the log, written back, before it is in a directory.
  @Override
  public int fsyncdir(Request request) {
    return namespace.inode(request.nodeid()) == null ? -Errno.ESTALE : 0;
  }

  @Override
  public int statfs(Request request) {
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

  @Override
  public int access(Request request) {
    Inode inode = namespace.inode(request.nodeid());
    return inode == null ? -Errno.ESTALE : AccessCheck.check(request, inode, readOnly);
  }

  @Override
  public int ioctl(Request request) {
    if (IoctlIn.fh(request.in(), Request.ARGUMENTS) != request.nodeid()) {
      return -Errno.EBADF;
    }
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof DirectoryInode directory)) {
      return inode == null ? -Errno.ESTALE : -Errno.ENOTTY;
    }
    return readOnly ? -Errno.EROFS : directoryIoctl.run(request, directory);
  }

  @Override
  public int setupMapping(Request request) {
    long fh = SetupMappingIn.fh(request.in(), Request.ARGUMENTS);
    if (fh != ANY_FH && fh != request.nodeid()) {
      return -Errno.EBADF;
    }
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    MappingWindow window = request.connection().window();
    if (window == null) {
      return -Errno.EOPNOTSUPP;
    }
    ExtentCursor cursor = Scratch.of(request).cursor;
    int result = WindowMapper.map(request, file, window, !readOnly, cursor);
    if (result < 0) {
      return result;
    }
    long offset = SetupMappingIn.foffset(request.in(), Request.ARGUMENTS);
    long lengthBytes = SetupMappingIn.len(request.in(), Request.ARGUMENTS);
    boolean stores = WindowMapper.stores(request);
    int fresh = coherence.mapped(file, offset, lengthBytes, stores, cursor);
    return fresh < 0 ? fresh : result;
  }
}
