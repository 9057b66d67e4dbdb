package io.famfs.core.extent;

/// A run of bytes on one device: a simple extent of a file, or one strip of an interleaved one.
///
/// @param daxdevIndex which device of the volume, 0 is the primary
/// @param offset first byte on that device
/// @param lengthBytes number of bytes
public record DeviceRange(int daxdevIndex, long offset, long lengthBytes) {

  /// The first byte behind the range.
  public long end() {
    return offset + lengthBytes;
  }
}
