package io.famfs.os;

import io.famfs.core.Errno;
import io.famfs.os.libc.CStrings;
import io.famfs.os.libc.Descriptors;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/// An open file descriptor with one owner.
///
/// Closing twice, or from two threads, closes once: the number may belong to somebody else by then.
/// A closed one has the value -1, on which every system call answers `EBADF`. Every descriptor made
/// here is closed on exec.
public final class Fd implements AutoCloseable {
  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0x40;
  public static final int O_EXCL = 0x80;
  public static final int O_TRUNC = 0x200;
  public static final int O_APPEND = 0x400;
  public static final int O_NONBLOCK = 0x800;
  public static final int O_CLOEXEC = 0x80000;

  /// Only names the file: it is not opened, and so nothing of it is started or waited for.
  public static final int O_PATH = 0x200000;

  private static final int AT_FDCWD = -100;
  private static final int F_SETFD = 2;
  private static final int FD_CLOEXEC = 1;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;
  private static final int LOCK_UN = 8;
  private static final int FALLOC_FL_KEEP_SIZE = 1;
  private static final int FALLOC_FL_PUNCH_HOLE = 2;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int CLOSED = -1;

  private final AtomicInteger value;

  private Fd(int value) {
    this.value = new AtomicInteger(value);
  }

  /// Opens `path`; `flags` are the `O_` constants, `mode` counts when the file is created.
  public static Fd open(Path path, int flags, int mode) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      long name = CStrings.of(arena, path.toString()).address();
      int result;
      do {
        result = Descriptors.openAt(AT_FDCWD, name, flags | O_CLOEXEC, mode);
      } while (result == -Errno.EINTR);
      return new Fd(ErrnoException.check(result, "open", path));
    }
  }

  /// Takes over the descriptor `value`: the caller must not use or close it any more.
  public static Fd adopt(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("no descriptor: " + value);
    }
    return new Fd(value);
  }

  /// Takes over a descriptor that this process was started with, and keeps it from its children.
  public static Fd inherit(int value) throws ErrnoException {
    Fd fd = adopt(value);
    int result = Descriptors.control(value, F_SETFD, FD_CLOEXEC);
    ErrnoException.check(result, "take over descriptor", value);
    return fd;
  }

  /// The number for system calls, -1 once closed.
  public int value() {
    return value.get();
  }

  /// Whether [#close()] has not been called yet.
  public boolean isOpen() {
    return value() != CLOSED;
  }

  /// Another descriptor for the same open file description: offset, status flags and locks are
  /// shared.
  public Fd duplicate() throws ErrnoException {
    int result = Descriptors.control(value(), F_DUPFD_CLOEXEC, 0);
    return new Fd(ErrnoException.check(result, "duplicate descriptor", value()));
  }

  /// The same with a number that is not lower than `least`.
  Fd duplicateFrom(int least) throws ErrnoException {
    int result = Descriptors.control(value(), F_DUPFD_CLOEXEC, least);
    return new Fd(ErrnoException.check(result, "duplicate descriptor", value()));
  }

  /// The size of a regular file in bytes; 0 for most other kinds.
  public long sizeBytes() throws ErrnoException {
    return FileStatus.of(value()).sizeBytes();
  }

  /// Which file this is.
  public FileIdentity identity() throws ErrnoException {
    return FileStatus.of(value()).identity();
  }

  /// The file system the file is on.
  public FileSystemType fileSystem() throws ErrnoException {
    return FileSystemType.of(value());
  }

  /// Sets the size of a regular file; new space reads as zeros and takes no memory yet.
  public void truncate(long sizeBytes) throws ErrnoException {
    int result;
    do {
      result = Descriptors.truncate(value(), sizeBytes);
    } while (result == -Errno.EINTR);
    ErrnoException.check(result, "set the size of descriptor", value());
  }

  /// Takes the space of a range now, so that no later store into it can fail for lack of space.
  public void allocate(long offset, long lengthBytes) throws ErrnoException {
    int result;
    do {
      result = Descriptors.allocate(value(), 0, offset, lengthBytes);
    } while (result == -Errno.EINTR);
    ErrnoException.check(result, "allocate space of descriptor", value());
  }

  /// Gives the space of a range back; it reads as zeros, the size stays.
  ///
  /// @return 0 or the negated error number, `EOPNOTSUPP` where the file system cannot
  public int punchHole(long offset, long lengthBytes) {
    int result;
    do {
      result =
          Descriptors.allocate(
              value(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, lengthBytes);
    } while (result == -Errno.EINTR);
    return result;
  }

  /// Where the next byte at or behind `offset` is that does not lie in a hole of the file. Moves
  /// the file's own offset, which no positioned transfer uses.
  ///
  /// @return its offset or the negated error number: `ENXIO` when only holes or the end follow
  public long nextData(long offset) {
    return Descriptors.seek(value(), offset, SEEK_DATA);
  }

  /// Where the next hole at or behind `offset` begins, with the end of the file as the last one;
  /// else as [#nextData].
  public long nextHole(long offset) {
    return Descriptors.seek(value(), offset, SEEK_HOLE);
  }

  /// Makes what was written to the file durable.
  ///
  /// @return 0 or the negated error number
  public int fsync() {
    int result;
    do {
      result = Descriptors.sync(value());
    } while (result == -Errno.EINTR);
    return result;
  }

  /// Takes the exclusive `flock(2)` lock of the open file description, without waiting. The lock
  /// ends with the last duplicate of this descriptor, also when the process dies.
  ///
  /// @return whether this description holds the lock now
  public boolean lockExclusive() throws ErrnoException {
    int result;
    do {
      result = Descriptors.lock(value(), LOCK_EX | LOCK_NB);
    } while (result == -Errno.EINTR);
    if (result == -Errno.EAGAIN) {
      return false;
    }
    ErrnoException.check(result, "lock descriptor", value());
    return true;
  }

  /// Gives the lock of [#lockExclusive()] back.
  public void unlock() throws ErrnoException {
    ErrnoException.check(Descriptors.lock(value(), LOCK_UN), "unlock descriptor", value());
  }

  /// The process that took the `flock(2)` lock on this file, when the kernel shows it to us.
  public OptionalLong lockHolder() throws ErrnoException {
    return FileLocks.holder(identity());
  }

  /// Sets or clears `O_NONBLOCK`. The flag belongs to the open file description: every duplicate,
  /// also one in another process, changes with it.
  public void nonBlocking(boolean nonBlocking) throws ErrnoException {
    int flags = statusFlags();
    int wanted = nonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    if (wanted != flags) {
      int result = Descriptors.control(value(), F_SETFL, wanted);
      ErrnoException.check(result, "set flags of descriptor", value());
    }
  }

  /// The status flags of the open file description: access mode, `O_NONBLOCK`, `O_APPEND`.
  public int statusFlags() throws ErrnoException {
    int result = Descriptors.control(value(), F_GETFL, 0);
    return ErrnoException.check(result, "get flags of descriptor", value());
  }

  @Override
  public void close() {
    int open = value.getAndSet(CLOSED);
    if (open != CLOSED) {
      // Linux frees the number even when it reports an error; trying again could hit another file.
      Descriptors.close(open);
    }
  }

  @Override
  public String toString() {
    return isOpen() ? "fd " + value() : "fd (closed)";
  }
}
