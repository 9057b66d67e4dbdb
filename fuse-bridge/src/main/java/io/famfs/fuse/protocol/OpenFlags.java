package io.famfs.fuse.protocol;

/// The flags of open(2) as this server works on them: the numbers of `asm-generic/fcntl.h`, which
/// x86 and most other architectures have. [ArchitectureFamily] has those of the others.
public final class OpenFlags {
  /// Mask of the access mode: 0 read, 1 write, 2 both. The same on every architecture.
  public static final int ACCESS_MODE = 3;

  public static final int CREAT = 0100;
  public static final int EXCL = 0200;
  public static final int NOCTTY = 0400;
  public static final int TRUNC = 01000;
  public static final int APPEND = 02000;
  public static final int NONBLOCK = 04000;
  public static final int DSYNC = 010000;
  public static final int ASYNC = 020000;
  public static final int DIRECT = 040000;
  public static final int LARGEFILE = 0100000;
  public static final int DIRECTORY = 0200000;
  public static final int NOFOLLOW = 0400000;
  public static final int NOATIME = 01000000;
  public static final int CLOEXEC = 02000000;

  /// The bit that makes `O_SYNC` of `O_DSYNC`.
  public static final int SYNC = 04000000;

  public static final int PATH = 010000000;

  /// The bit that makes `O_TMPFILE` of `O_DIRECTORY`.
  public static final int TMPFILE = 020000000;

  /// All of them.
  public static final int ALL = 037777700 | ACCESS_MODE;

  private OpenFlags() {}
}
