package io.famfs.os;

import io.famfs.core.Errno;
import java.io.IOException;

/// A system call on the control path failed.
public final class ErrnoException extends IOException {
  private static final long serialVersionUID = 1L;

  static final int EADDRINUSE = 98;
  static final int ECONNREFUSED = 111;
  private static final int ENFILE = 23;
  private static final int EMFILE = 24;
  private static final int EPIPE = 32;
  private static final int ELOOP = 40;
  private static final int ENOTSOCK = 88;
  private static final int ECONNRESET = 104;

  private final int errno;

  /// @param what what was tried and on what, as in `open /dev/dax0.0`
  /// @param errno the positive error number
  public ErrnoException(String what, int errno) {
    this(what, errno, meaning(errno));
  }

  /// As the two-argument form, with a better reason than the general meaning of the number.
  public ErrnoException(String what, int errno, String reason) {
    super(what + ": " + reason);
    this.errno = errno;
  }

  /// The positive error number.
  public int errno() {
    return errno;
  }

  /// One line for the operator; never null.
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /// `result` when it is no failure.
  static long check(long result, String what) throws ErrnoException {
    if (result < 0) {
      throw new ErrnoException(what, (int) -result);
    }
    return result;
  }

  /// `result` when it is no failure; the message is `what` and `subject`.
  static int check(int result, String what, Object subject) throws ErrnoException {
    if (result < 0) {
      throw new ErrnoException(what + " " + subject, -result);
    }
    return result;
  }

  /// What the number means; those that only descriptors and sockets know are spelled out here.
  private static String meaning(int errno) {
    return switch (errno) {
      case ENFILE, EMFILE -> "too many open files";
      case EPIPE, ECONNRESET -> "the other side has closed the connection";
      case ELOOP -> "too many symbolic links";
      case ENOTSOCK -> "not a socket";
      case EADDRINUSE -> "address in use";
      case ECONNREFUSED -> "nobody listens there";
      default -> Errno.describe(errno);
    };
  }
}
