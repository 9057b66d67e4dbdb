package io.famfs.os.sandbox;

/// A layer of the sandbox cannot be put in force; the message says which and why.
public final class SandboxException extends Exception {
  private static final long serialVersionUID = 1;

  /// Without a cause.
  public SandboxException(String message) {
    super(message);
  }

  /// With a cause.
  public SandboxException(String message, Throwable cause) {
    super(message, cause);
  }
}
