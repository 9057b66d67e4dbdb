package io.famfs.core;

/// Linux error numbers, positive, generic ABI (`include/uapi/asm-generic/errno*.h`).
///
/// Functions on the data path return `0` or more for success and the negated number for failure.
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ENXIO = 6;
  public static final int E2BIG = 7;
  public static final int EBADF = 9;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EFAULT = 14;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int EXDEV = 18;
  public static final int ENODEV = 19;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int ENOTTY = 25;
  public static final int EFBIG = 27;
  public static final int ENOSPC = 28;
  public static final int EROFS = 30;
  public static final int ERANGE = 34;
  public static final int EDEADLK = 35;
  public static final int ENAMETOOLONG = 36;
  public static final int ENOLCK = 37;
  public static final int ENOSYS = 38;
  public static final int ENOTEMPTY = 39;
  public static final int ENODATA = 61;
  public static final int EPROTO = 71;
  public static final int EOVERFLOW = 75;
  public static final int EOPNOTSUPP = 95;
  public static final int ENOTCONN = 107;
  public static final int ETIMEDOUT = 110;
  public static final int EALREADY = 114;
  public static final int ESTALE = 116;
  public static final int EHWPOISON = 133;

  private Errno() {}

  /// The name of a positive error number, such as `ENOENT`; the number itself when it has no entry.
  public static String name(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM";
      case ENOENT -> "ENOENT";
      case EINTR -> "EINTR";
      case EIO -> "EIO";
      case ENXIO -> "ENXIO";
      case E2BIG -> "E2BIG";
      case EBADF -> "EBADF";
      case EAGAIN -> "EAGAIN";
      case ENOMEM -> "ENOMEM";
      case EACCES -> "EACCES";
      case EFAULT -> "EFAULT";
      case EBUSY -> "EBUSY";
      case EEXIST -> "EEXIST";
      case EXDEV -> "EXDEV";
      case ENODEV -> "ENODEV";
      case ENOTDIR -> "ENOTDIR";
      case EISDIR -> "EISDIR";
      case EINVAL -> "EINVAL";
      case ENOTTY -> "ENOTTY";
      case EFBIG -> "EFBIG";
      case ENOSPC -> "ENOSPC";
      case EROFS -> "EROFS";
      case ERANGE -> "ERANGE";
      case EDEADLK -> "EDEADLK";
      case ENAMETOOLONG -> "ENAMETOOLONG";
      case ENOLCK -> "ENOLCK";
      case ENOSYS -> "ENOSYS";
      case ENOTEMPTY -> "ENOTEMPTY";
      case ENODATA -> "ENODATA";
      case EPROTO -> "EPROTO";
      case EOVERFLOW -> "EOVERFLOW";
      case EOPNOTSUPP -> "EOPNOTSUPP";
      case ENOTCONN -> "ENOTCONN";
      case ETIMEDOUT -> "ETIMEDOUT";
      case EALREADY -> "EALREADY";
      case ESTALE -> "ESTALE";
      default -> Integer.toString(errno);
    };
  }

  /// The meaning of a positive error number, for messages; numbers without an entry give `error N`.
  public static String describe(int errno) {
    return switch (errno) {
      case EPERM -> "operation not permitted";
      case ENOENT -> "no such file or directory";
      case EINTR -> "interrupted";
      case EIO -> "input/output error";
      case ENXIO -> "no such device or address";
      case E2BIG -> "argument list too long";
      case EBADF -> "bad file descriptor";
      case EAGAIN -> "try again";
      case ENOMEM -> "out of memory";
      case EACCES -> "permission denied";
      case EFAULT -> "bad address";
      case EBUSY -> "device or resource busy";
      case EEXIST -> "file exists";
      case EXDEV -> "cross-device link";
      case ENODEV -> "no such device";
      case ENOTDIR -> "not a directory";
      case EISDIR -> "is a directory";
      case EINVAL -> "invalid argument";
      case ENFILE -> "too many open files";
      case ENOTTY -> "not supported by this kind of file";
      case EFBIG -> "file too large";
      case ENOSPC -> "no space left on device";
      case EROFS -> "read-only file system";
      case ERANGE -> "result out of range";
      case EDEADLK -> "deadlock";
      case ENAMETOOLONG -> "name too long";
      case ENOLCK -> "no lock";
      case ENOSYS -> "function not implemented";
      case ENOTEMPTY -> "directory not empty";
      case ENODATA -> "no data available";
      case EPROTO -> "protocol error";
      case EOVERFLOW -> "value too large";
      case EOPNOTSUPP -> "operation not supported";
      case ENOTCONN -> "not connected";
      case ETIMEDOUT -> "timed out";
      case EALREADY -> "already in progress";
      case ESTALE -> "stale file handle";
      case EHWPOISON -> "memory page has a hardware error";
      default -> "error " + errno;
    };
  }
}
