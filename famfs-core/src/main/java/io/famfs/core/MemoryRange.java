package io.famfs.core;

/// Bytes of one device.
///
/// @param offset the first one
/// @param lengthBytes how many
public record MemoryRange(long offset, long lengthBytes) {

  /// The first byte behind the range.
  public long end() {
    return offset + lengthBytes;
  }
}
