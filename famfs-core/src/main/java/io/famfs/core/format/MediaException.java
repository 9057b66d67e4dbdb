package io.famfs.core.format;

import java.io.IOException;

/// The media cannot be used. The message says what is wrong, where, and what can be done.
public final class MediaException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient MediaFault fault;

  /// A media error for one fault.
  public MediaException(MediaFault fault) {
    super(fault.describe() + "; " + fault.rule().advice());
    this.fault = fault;
  }

  /// What is wrong and what can be done; never null.
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /// What is wrong.
  public MediaFault fault() {
    return fault;
  }
}
