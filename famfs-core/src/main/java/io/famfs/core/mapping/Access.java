package io.famfs.core.mapping;

/// What may be done with the memory of a file.
public enum Access {
  /// Stores throw; a segment cannot be made writable again.
  READ_ONLY,
  READ_WRITE
}
