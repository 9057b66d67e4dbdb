package io.famfs.store.archive;

import java.io.IOException;

/// Bytes that are no archive, or not the whole archive that was written.
public final class ArchiveException extends IOException {
  private static final long serialVersionUID = 1;

  ArchiveException(String message) {
    super(message);
  }

  /// What is wrong and where; never null.
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
