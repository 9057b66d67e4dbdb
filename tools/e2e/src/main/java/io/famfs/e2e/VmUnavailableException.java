package io.famfs.e2e;

import java.io.IOException;

/// No virtual machine can be had here; the message is one sentence that says which step failed and
/// why.
public final class VmUnavailableException extends IOException {
  private static final long serialVersionUID = 1L;

  VmUnavailableException(String message) {
    super(message);
  }

  VmUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
