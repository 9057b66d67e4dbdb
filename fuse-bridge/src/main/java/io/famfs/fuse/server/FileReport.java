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

  /// Which byte of the file lies at an offset of a device; -1 when none does.
  public long fileOffset(int deviceIndex, long deviceOffset) {
    long before = 0;
    for (int i = 0; i < extents.size(); i++) {
      Extent extent = extents.get(i);
      long within = deviceOffset - extent.offset();
      if (extent.deviceIndex() == deviceIndex && within >= 0 && within < extent.lengthBytes()) {
        return chunkBytes == 0
            ? before + within
            : (within / chunkBytes * extents.size() + i) * chunkBytes + within % chunkBytes;
      }
      before += extent.lengthBytes();
    }
    return -1;
  }

  /// A contiguous run of a device.
  ///
  /// @param deviceIndex which device of the volume, 0 is the primary
  /// @param offset first byte on it
  /// @param lengthBytes number of bytes
  public record Extent(int deviceIndex, long offset, long lengthBytes) {}
}
