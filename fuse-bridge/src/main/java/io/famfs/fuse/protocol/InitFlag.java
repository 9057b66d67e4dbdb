package io.famfs.fuse.protocol;

import static io.famfs.fuse.protocol.InitFlag.Decision.ACCEPT;
import static io.famfs.fuse.protocol.InitFlag.Decision.DECLINE;
import static io.famfs.fuse.protocol.InitFlag.Decision.WITHOUT_WINDOW;
import static io.famfs.fuse.protocol.InitFlag.Decision.WITH_ARCHITECTURE;
import static io.famfs.fuse.protocol.InitFlag.Decision.WITH_DEVICES;
import static io.famfs.fuse.protocol.InitFlag.Decision.WITH_LOCKS;
import static io.famfs.fuse.protocol.InitFlag.Decision.WITH_NOTIFICATIONS;
import static io.famfs.fuse.protocol.InitFlag.Decision.WITH_TIMEOUT;
import static io.famfs.fuse.protocol.InitFlag.Decision.WITH_WINDOW;

import java.util.Set;

/// The features a peer may offer in INIT and what this server does about each. A feature that is
/// not listed as accepted is never accepted, whatever a later kernel may mean by its bit.
public enum InitFlag {
  ASYNC_READ(0, ACCEPT, "reads of one file may be in flight together"),
  POSIX_LOCKS(1, WITH_LOCKS, "record locks are kept for all clients together"),
  FILE_OPS(2, DECLINE, "a handle in every request is not needed: nodeids say enough"),
  ATOMIC_O_TRUNC(3, WITH_ARCHITECTURE, "OPEN truncates, where it is known which bit says so"),
  EXPORT_SUPPORT(4, ACCEPT, "LOOKUP answers . and .. of any nodeid"),
  BIG_WRITES(5, ACCEPT, "writes larger than a page"),
  DONT_MASK(6, DECLINE, "the peer applies the umask"),
  SPLICE_WRITE(7, DECLINE, "payloads are copied once, straight into the device"),
  SPLICE_MOVE(8, DECLINE, "device memory is never given away"),
  SPLICE_READ(9, DECLINE, "payloads are copied once, straight from the device"),
  FLOCK_LOCKS(10, WITH_LOCKS, "whole-file locks are kept for all clients together"),
  HAS_IOCTL_DIR(11, ACCEPT, "files and directories of a volume are made by one"),
  AUTO_INVAL_DATA(12, DECLINE, "stores of others change no time stamp that would tell of them"),
  DO_READDIRPLUS(13, ACCEPT, "listings carry attributes"),
  READDIRPLUS_AUTO(14, ACCEPT, "the peer chooses when they should"),
  ASYNC_DIO(15, ACCEPT, "parts of one direct read or write may be in flight together"),
  WRITEBACK_CACHE(16, DECLINE, "would hide a write from others until it is flushed"),
  NO_OPEN_SUPPORT(17, DECLINE, "OPEN is answered, it sets the flags of the handle"),
  PARALLEL_DIROPS(18, ACCEPT, "lookups and listings of one directory may run in parallel"),
  HANDLE_KILLPRIV(19, DECLINE, "the peer takes set-id bits away, by SETATTR"),
  POSIX_ACL(20, DECLINE, "the format has no lists"),
  ABORT_ERROR(21, ACCEPT, "an aborted connection can be told from an unmounted one"),
  MAX_PAGES(22, ACCEPT, "requests of up to 1 MiB"),
  CACHE_SYMLINKS(23, DECLINE, "there are no symbolic links"),
  NO_OPENDIR_SUPPORT(24, DECLINE, "OPENDIR is answered"),
  EXPLICIT_INVAL_DATA(25, DECLINE, "cached pages must not outlive an open"),
  MAP_ALIGNMENT(26, WITH_WINDOW, "the granularity of window mappings is announced"),
  SUBMOUNTS(27, DECLINE, "a volume is one file system"),
  HANDLE_KILLPRIV_V2(
      28, WITHOUT_WINDOW, "a WRITE that takes set-id bits away says so; stores do not"),
  SETXATTR_EXT(29, DECLINE, "no attribute can be set"),
  INIT_EXT(30, ACCEPT, "the second word of flags is used"),
  SECURITY_CTX(32, DECLINE, "the format has no labels"),
  HAS_INODE_DAX(33, WITH_WINDOW, "each file says whether it is mapped through the window"),
  CREATE_SUPP_GROUP(34, DECLINE, "the peer has checked the groups of the caller"),
  HAS_EXPIRE_ONLY(35, WITH_NOTIFICATIONS, "names that have gone are looked up anew, not torn down"),
  DIRECT_IO_ALLOW_MMAP(36, ACCEPT, "read and write bypass the page cache, shared mmap still works"),
  PASSTHROUGH(37, DECLINE, "files are extents of a device, not files of the host"),
  NO_EXPORT_SUPPORT(38, DECLINE, "export works"),
  HAS_RESEND(39, WITH_NOTIFICATIONS, "what is sent again is not done twice"),
  ALLOW_IDMAP(40, DECLINE, "requests must carry the caller's ids"),
  OVER_IO_URING(41, DECLINE, "requests are read from the device"),
  REQUEST_TIMEOUT(42, WITH_TIMEOUT, "a guest whose server has died gets errors, not a hang"),
  DAX_FMAP(43, WITH_DEVICES, "files are given as extents of devices that the client can name");

  /// What the server does with an offered feature.
  public enum Decision {
    /// Accepted when offered.
    ACCEPT,
    /// Accepted when offered to a connection that has a usable window.
    WITH_WINDOW,
    /// Accepted when offered to a connection all of whose stores come as requests.
    WITHOUT_WINDOW,
    /// Accepted when offered to a server that was given a limit for requests.
    WITH_TIMEOUT,
    /// Accepted when offered by a client whose architecture is known.
    WITH_ARCHITECTURE,
    /// Accepted when offered to a server that keeps, or refuses, the locks of its clients.
    WITH_LOCKS,
    /// Accepted when offered to a server that was told where its clients find the devices, all of
    /// whose files can be mapped.
    WITH_DEVICES,
    /// Accepted when offered by a mount on this host, which can be told of changes.
    WITH_NOTIFICATIONS,
    /// Never accepted.
    DECLINE
  }

  private final int bit;
  private final Decision decision;
  private final String reason;

  InitFlag(int bit, Decision decision, String reason) {
    this.bit = bit;
    this.decision = decision;
    this.reason = reason;
  }

  /// Bit number; 32 and above are in `flags2`.
  public int bit() {
    return bit;
  }

  /// The bit as a mask of both flag words together.
  public long mask() {
    return 1L << bit;
  }

  public Decision decision() {
    return decision;
  }

  /// Why, in a few words.
  public String reason() {
    return reason;
  }

  /// Whether the feature is in a set.
  public boolean in(long flags) {
    return (flags & mask()) != 0;
  }

  /// The offered features that are accepted.
  ///
  /// @param conditions the decisions that hold for this client beside [Decision#ACCEPT]
  public static long accept(long offered, Set<Decision> conditions) {
    long accepted = 0;
    for (InitFlag flag : values()) {
      boolean take =
          flag.decision == ACCEPT
              || (flag.decision != DECLINE && conditions.contains(flag.decision));
      accepted |= take ? flag.mask() : 0;
    }
    return offered & accepted;
  }
}
