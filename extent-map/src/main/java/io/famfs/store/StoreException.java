package io.famfs.store;

import java.io.IOException;

/// A request to the store that cannot be granted. The message says why and what to do; the errno is
/// what a program behind a mount gets.
public final class StoreException extends IOException {
  private static final long serialVersionUID = 1;

  private final int errno;

  /// A refusal.
  ///
  /// @param errno one of [io.famfs.core.Errno], positive
  /// @param message why, and what to do
  public StoreException(int errno, String message) {
    super(message);
    this.errno = errno;
  }

  /// What is wrong and what can be done; never null.
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /// The error number, positive.
  public int errno() {
    return errno;
  }
}
