package io.famfs.fuse.server;

import io.famfs.fuse.protocol.Opcode;

/// Legal requests, one method per opcode.
public final class Requests {
  private static final int ALL_FLAGS = 0x7fff_fffb;
  private static final int ALL_FLAGS2 = 0x5ff;

  private Requests() {}

  /// INIT as Linux 7.2 sends it, everything offered.
  public static byte[] init() {
    return init(7, 45, ALL_FLAGS, ALL_FLAGS2);
  }

  public static byte[] init(int major, int minor, int flags, int flags2) {
    return RequestBytes.of(Opcode.INIT, 0)
        .u32(major)
        .u32(minor)
        .u32(131072)
        .u32(flags)
        .u32(flags2)
        .raw(new byte[44])
        .bytes();
  }

  public static byte[] lookup(long parent, String name) {
    return RequestBytes.of(Opcode.LOOKUP, parent).name(name).bytes();
  }

  public static byte[] getattr(long nodeid) {
    return RequestBytes.of(Opcode.GETATTR, nodeid).u64(0).u64(0).bytes();
  }

  /// SETATTR with the fields that matter here.
  public static byte[] setattr(long nodeid, int valid, long size, int mode, int owner) {
    return RequestBytes.of(Opcode.SETATTR, nodeid)
        .u32(valid)
        .u32(0)
        .u64(nodeid)
        .u64(size)
        .u64(0)
        .u64(0)
        .u64(1_000_000_000L)
        .u64(0)
        .u32(0)
        .u32(500)
        .u32(0)
        .u32(mode)
        .u32(0)
        .u32(owner)
        .u32(owner)
        .u32(0)
        .bytes();
  }

  public static byte[] open(int opcode, long nodeid, int flags) {
    return RequestBytes.of(opcode, nodeid).u32(flags).u32(0).bytes();
  }

  /// READ, READDIR or READDIRPLUS.
  public static byte[] read(int opcode, long nodeid, long offset, int size) {
    return read(opcode, nodeid, offset, size, 0);
  }

  public static byte[] read(int opcode, long nodeid, long offset, int size, int readFlags) {
    return RequestBytes.of(opcode, nodeid)
        .u64(nodeid)
        .u64(offset)
        .u32(size)
        .u32(readFlags)
        .u64(0)
        .u32(0)
        .u32(0)
        .bytes();
  }

  public static byte[] write(long nodeid, long offset, byte[] data) {
    return write(nodeid, offset, data, 0);
  }

  public static byte[] write(long nodeid, long offset, byte[] data, int writeFlags) {
    return RequestBytes.of(Opcode.WRITE, nodeid)
        .u64(nodeid)
        .u64(offset)
        .u32(data.length)
        .u32(writeFlags)
        .u64(0)
        .u32(0)
        .u32(0)
        .raw(data)
        .bytes();
  }

  /// FSYNC or FSYNCDIR.
  public static byte[] fsync(int opcode, long nodeid) {
    return RequestBytes.of(opcode, nodeid).u64(nodeid).u32(0).u32(0).bytes();
  }

  /// FLUSH, RELEASE or RELEASEDIR: 24 bytes that begin with the handle.
  public static byte[] handle24(int opcode, long nodeid) {
    return RequestBytes.of(opcode, nodeid).u64(nodeid).u64(0).u64(0).bytes();
  }

  /// A lock as GETLK, SETLK and SETLKW carry it.
  ///
  /// @param type F_RDLCK, F_WRLCK or F_UNLCK as the client numbers them
  /// @param flags 1 for a lock of the whole file
  public record Lock(long owner, long start, long end, int type, int pid, int flags) {}

  /// GETLK, SETLK or SETLKW.
  public static byte[] lock(int opcode, long nodeid, long unique, Lock lock) {
    return RequestBytes.of(opcode, nodeid)
        .unique(unique)
        .u64(nodeid)
        .u64(lock.owner())
        .u64(lock.start())
        .u64(lock.end())
        .u32(lock.type())
        .u32(lock.pid())
        .u32(lock.flags())
        .u32(0)
        .bytes();
  }

  /// FLUSH or RELEASE by a lock owner.
  public static byte[] close(int opcode, long nodeid, int releaseFlags, long owner) {
    return RequestBytes.of(opcode, nodeid).u64(nodeid).u32(0).u32(releaseFlags).u64(owner).bytes();
  }

  public static byte[] interrupt(long unique) {
    return RequestBytes.of(Opcode.INTERRUPT, 0).unique(unique | 1).u64(unique).bytes();
  }

  public static byte[] statfs() {
    return RequestBytes.of(Opcode.STATFS, 1).bytes();
  }

  public static byte[] access(long nodeid, int mask, int uid, int gid) {
    return RequestBytes.of(Opcode.ACCESS, nodeid).by(uid, gid).u32(mask).u32(0).bytes();
  }

  public static byte[] setupMapping(
      long nodeid, long fileOffset, long windowOffset, long lengthBytes, long flags) {
    return RequestBytes.of(Opcode.SETUPMAPPING, nodeid)
        .u64(-1)
        .u64(fileOffset)
        .u64(lengthBytes)
        .u64(flags)
        .u64(windowOffset)
        .bytes();
  }

  /// REMOVEMAPPING of pairs of window offset and length.
  public static byte[] removeMapping(long nodeid, long... pairs) {
    RequestBytes request = RequestBytes.of(Opcode.REMOVEMAPPING, nodeid).u32(pairs.length / 2);
    for (long number : pairs) {
      request.u64(number);
    }
    return request.bytes();
  }

  /// MKDIR.
  public static byte[] mkdir(long parent, String name, int mode) {
    return RequestBytes.of(Opcode.MKDIR, parent).u32(mode).u32(022).name(name).bytes();
  }

  /// UNLINK or RMDIR.
  public static byte[] remove(int opcode, long parent, String name) {
    return RequestBytes.of(opcode, parent).name(name).bytes();
  }

  /// RENAME2.
  public static byte[] rename2(long parent, String name, long target, String newName, int flags) {
    return RequestBytes.of(Opcode.RENAME2, parent)
        .u64(target)
        .u32(flags)
        .u32(0)
        .name(name)
        .name(newName)
        .bytes();
  }

  /// LINK.
  public static byte[] link(long nodeid, long parent, String name) {
    return RequestBytes.of(Opcode.LINK, parent).u64(nodeid).name(name).bytes();
  }

  /// SYMLINK.
  public static byte[] symlink(long parent, String name, String target) {
    return RequestBytes.of(Opcode.SYMLINK, parent).name(name).name(target).bytes();
  }

  /// FALLOCATE.
  public static byte[] fallocate(long nodeid, int mode, long offset, long lengthBytes) {
    return RequestBytes.of(Opcode.FALLOCATE, nodeid)
        .u64(nodeid)
        .u64(offset)
        .u64(lengthBytes)
        .u32(mode)
        .u32(0)
        .bytes();
  }

  /// LSEEK.
  public static byte[] lseek(long nodeid, long offset, int whence) {
    return RequestBytes.of(Opcode.LSEEK, nodeid).u64(nodeid).u64(offset).u32(whence).u32(0).bytes();
  }

  /// COPY_FILE_RANGE or COPY_FILE_RANGE_64.
  public static byte[] copy(
      int opcode, long source, long fromOffset, long target, long toOffset, long lengthBytes) {
    return RequestBytes.of(opcode, source)
        .u64(source)
        .u64(fromOffset)
        .u64(target)
        .u64(target)
        .u64(toOffset)
        .u64(lengthBytes)
        .u64(0)
        .bytes();
  }

  /// STATX of a nodeid.
  public static byte[] statx(long nodeid, int mask) {
    return RequestBytes.of(Opcode.STATX, nodeid).u32(0).u32(0).u64(0).u32(0).u32(mask).bytes();
  }

  /// SYNCFS.
  public static byte[] syncfs() {
    return RequestBytes.of(Opcode.SYNCFS, 1).u64(0).bytes();
  }

  /// GETXATTR with room for some bytes of the value.
  public static byte[] getxattr(long nodeid, String name, int size) {
    return RequestBytes.of(Opcode.GETXATTR, nodeid).u32(size).u32(0).name(name).bytes();
  }

  /// LISTXATTR with room for some bytes of the list.
  public static byte[] listxattr(long nodeid, int size) {
    return RequestBytes.of(Opcode.LISTXATTR, nodeid).u32(size).u32(0).bytes();
  }

  /// SETXATTR.
  public static byte[] setxattr(long nodeid, String name, byte[] value) {
    return RequestBytes.of(Opcode.SETXATTR, nodeid)
        .u32(value.length)
        .u32(0)
        .name(name)
        .raw(value)
        .bytes();
  }

  /// REMOVEXATTR.
  public static byte[] removexattr(long nodeid, String name) {
    return RequestBytes.of(Opcode.REMOVEXATTR, nodeid).name(name).bytes();
  }

  /// CREATE by root.
  ///
  /// @param flags of open(2), O_CREAT not needed
  public static byte[] create(long parent, String name, int mode, int flags) {
    return RequestBytes.of(Opcode.CREATE, parent)
        .u32(flags)
        .u32(mode)
        .u32(022)
        .u32(0)
        .name(name)
        .bytes();
  }

  /// MKNOD by root.
  public static byte[] mknod(long parent, String name, int mode) {
    return RequestBytes.of(Opcode.MKNOD, parent)
        .u32(mode)
        .u32(0)
        .u32(022)
        .u32(0)
        .name(name)
        .bytes();
  }

  /// RELEASE of a handle that was opened with flags.
  public static byte[] release(long nodeid, int flags) {
    return RequestBytes.of(Opcode.RELEASE, nodeid).u64(nodeid).u32(flags).u32(0).u64(0).bytes();
  }
}
