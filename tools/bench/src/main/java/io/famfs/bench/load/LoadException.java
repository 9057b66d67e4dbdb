package io.famfs.bench.load;

import java.io.IOException;

/// The back-end did not do what it is there for: it said something against the protocol, answered
/// an error, showed wrong bytes, or nothing in time. The message says which.
public final class LoadException extends IOException {
  private static final long serialVersionUID = 1L;

  LoadException(String message) {
    super(message);
  }
}
