package io.famfs.os;

import io.famfs.core.Errno;
import java.io.IOException;

/// A system call on the control path failed.
public final class ErrnoException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /// @param what what was tried and on what, as in `open /dev/dax0.0`
  /// @param errno the positive error number
  public ErrnoException(String what, int errno) {
    this(what, errno, Errno.describe(errno));
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
}
