package io.famfs.fuse.server;

import java.util.List;

/// A file as whoever looks at a server sees it.
///
/// @param nodeid its number
/// @param path relative to the root
/// @param sizeBytes its size
/// @param chunkBytes length of the pieces that go round robin over the extents; 0 when they follow
///   one another
/// @param extents where it lies, in the order of the log
public record FileReport(
    long nodeid, String path, long sizeBytes, long chunkBytes, List<Extent> extents) {

  public FileReport {
    extents = List.copyOf(extents);
  }

  /// A contiguous run of a device.
  ///
  /// @param deviceIndex which device of the volume, 0 is the primary
  /// @param offset first byte on it
  /// @param lengthBytes number of bytes
  public record Extent(int deviceIndex, long offset, long lengthBytes) {}
}
