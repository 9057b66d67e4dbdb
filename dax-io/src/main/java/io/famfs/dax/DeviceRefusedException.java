package io.famfs.dax;

import java.io.IOException;

/// What was named cannot be a device; the message says why and what to do, in one line.
public final class DeviceRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  DeviceRefusedException(Object name, String reason) {
    super(name + ": " + reason);
  }

  /// One line for the operator; never null.
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
