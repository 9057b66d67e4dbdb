package io.famfs.cli;

/// An operating error that ends a command: its message is the one line the user sees.
final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CliException(String message) {
    super(message, null, false, false);
  }
}
