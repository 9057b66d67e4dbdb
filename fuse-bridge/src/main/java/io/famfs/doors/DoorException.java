package io.famfs.doors;

/// Why a door was not added or removed: one line, with what would help.
public final class DoorException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean misuse;

  DoorException(String message, Throwable cause, boolean misuse) {
    super(message, cause);
    this.misuse = misuse;
  }

  DoorException(String message) {
    super(message);
    misuse = false;
  }

  /// Whether the plan itself cannot be, wherever it is tried.
  public boolean misuse() {
    return misuse;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
