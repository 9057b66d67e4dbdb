package io.famfs.e2e.fmap;

/// What a program gets instead of an open file, or of its bytes.
final class Refused extends Exception {
  private static final long serialVersionUID = 1;

  private final int errno;

  /// @param errno positive
  Refused(int errno, String why) {
    super("errno " + errno + ": " + why);
    this.errno = errno;
  }

  int errno() {
    return errno;
  }
}
