package io.famfs.cli;

/// An operating error that ends a command: its message is the one line the user sees.
final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean misuse;

  CliException(String message) {
    this(message, false);
  }

  private CliException(String message, boolean misuse) {
    super(message, null, false, false);
    this.misuse = misuse;
  }

  /// The command was given something it does not take: ends with exit code 2, not 1.
  static CliException misuse(String message) {
    return new CliException(message, true);
  }

  boolean misuse() {
    return misuse;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
