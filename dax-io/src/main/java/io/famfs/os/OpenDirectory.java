package io.famfs.os;

import io.famfs.core.Errno;
import io.famfs.os.libc.CStrings;
import io.famfs.os.libc.Descriptors;
import io.famfs.os.libc.Directories;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// An open directory in which names are looked up one at a time, without following a symbolic link:
/// what is reached through it lies below it, whoever moves names meanwhile.
///
/// A name is one component, as the bytes the kernel sees: not empty, no slash, no zero byte, not
/// `.` or `..`; others are mistakes of the caller.
public final class OpenDirectory implements AutoCloseable {
  private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));
  private static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
  private static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;
  private static final int AT_FDCWD = -100;

  private final Fd fd;
  private final String display;

  private OpenDirectory(Fd fd, String display) {
    this.fd = fd;
    this.display = display;
  }

  /// Opens the directory that a path names, through symbolic links.
  ///
  /// @throws ErrnoException `ENOENT`, `ENOTDIR`, `EACCES` as the kernel says
  public static OpenDirectory open(Path path) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      long name = CStrings.of(arena, path.toString()).address();
      return new OpenDirectory(
          opened(AT_FDCWD, name, O_DIRECTORY, 0, path.toString()), path.toString());
    }
  }

  /// Another handle for this directory, with a life of its own.
  public OpenDirectory again() throws ErrnoException {
    return new OpenDirectory(fd.duplicate(), display);
  }

  /// Opens a directory in this one.
  ///
  /// @throws ErrnoException `ENOENT`, `ENOTDIR` also for a symbolic link
  public OpenDirectory directory(byte[] name) throws ErrnoException {
    return new OpenDirectory(openAt(name, O_DIRECTORY | O_NOFOLLOW, 0), display(name));
  }

  /// What stands under a name, null when nothing does. A symbolic link stands for itself.
  public FileIdentity.@Nullable Type type(byte[] name) throws ErrnoException {
    try (Fd found = openAt(name, Fd.O_PATH | O_NOFOLLOW, 0)) {
      return found.identity().type();
    } catch (ErrnoException e) {
      if (e.errno() == Errno.ENOENT) {
        return null;
      }
      throw e;
    }
  }

  /// Makes a directory in this one.
  ///
  /// @param mode permission bits and the sticky bit, less the process's umask
  /// @throws ErrnoException `EEXIST` when the name is taken
  public void makeDirectory(byte[] name, int mode) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      int result = Directories.makeAt(fd.value(), text(arena, name), mode);
      ErrnoException.check(result, "make directory", display(name));
    }
  }

  /// Makes a regular file in this directory and opens it for reading and writing.
  ///
  /// @param mode permission bits, less the process's umask
  /// @throws ErrnoException `EEXIST` when the name is taken, by a symbolic link too
  public Fd createFile(byte[] name, int mode) throws ErrnoException {
    return openAt(name, Fd.O_RDWR | Fd.O_CREAT | Fd.O_EXCL | O_NOFOLLOW, mode);
  }

  /// Opens a file in this directory for reading, without waiting for what it may be.
  ///
  /// @throws ErrnoException `ENOENT`, `ELOOP` for a symbolic link
  public Fd openFile(byte[] name) throws ErrnoException {
    return openAt(name, Fd.O_RDONLY | O_NOFOLLOW | Fd.O_NONBLOCK, 0);
  }

  /// Gives this directory to an owner.
  public void changeOwner(int uid, int gid) throws ErrnoException {
    ErrnoException.check(
        Directories.changeOwner(fd.value(), uid, gid), "change the owner of", display);
  }

  @Override
  public void close() {
    fd.close();
  }

  @Override
  public String toString() {
    return display;
  }

  private Fd openAt(byte[] name, int flags, int mode) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      return opened(fd.value(), text(arena, name), flags, mode, display(name));
    }
  }

  private static Fd opened(int directory, long name, int flags, int mode, String display)
      throws ErrnoException {
    int result;
    do {
      result = Descriptors.openAt(directory, name, flags | Fd.O_CLOEXEC, mode);
    } while (result == -Errno.EINTR);
    return Fd.adopt(ErrnoException.check(result, "open", display));
  }

  private static long text(Arena arena, byte[] name) {
    boolean dots = name.length <= 2;
    for (byte b : name) {
      dots &= b == '.';
      if (b == 0 || b == '/') {
        throw new IllegalArgumentException("a name with a slash or a zero byte");
      }
    }
    if (dots) {
      throw new IllegalArgumentException("a name that is empty, '.' or '..'");
    }
    MemorySegment text = arena.allocate(name.length + 1L);
    MemorySegment.copy(name, 0, text, ValueLayout.JAVA_BYTE, 0, name.length);
    return text.address();
  }

  private String display(byte[] name) {
    return display + "/" + new String(name, StandardCharsets.UTF_8);
  }
}
