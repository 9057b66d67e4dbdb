package io.famfs.virtiofs;

import io.famfs.core.DaxDevice;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.server.WindowPieces;
import io.famfs.os.MemoryMap;
import java.util.List;

/// What can be mapped where in a window.
///
/// @param sizeBytes size of the window
/// @param alignmentLog2 binary logarithm of the granularity of offsets and lengths
/// @param devices what can be mapped
record WindowShape(long sizeBytes, int alignmentLog2, List<MappedDaxDevice> devices) {
  /// The binary logarithm of the granularity in which all of these devices can be mapped by a
  /// front-end: that of the coarsest, and of the pages of this host.
  static int alignmentLog2(List<? extends DaxDevice> devices) {
    int bytes = Math.max(MemoryMap.pageBytes(), 1 << Qemu11Peculiarities.MAP_ALIGNMENT_LOG2);
    for (DaxDevice device : devices) {
      bytes = Math.max(bytes, device.alignmentBytes());
    }
    return Integer.numberOfTrailingZeros(bytes);
  }

  /// The bits that offsets and lengths do not have.
  long mask() {
    return (1L << alignmentLog2) - 1;
  }

  /// Whether a range of whole pages lies in it.
  boolean holds(long windowOffset, long lengthBytes) {
    return ((windowOffset | lengthBytes) & mask()) == 0
        && windowOffset >= 0
        && lengthBytes > 0
        && windowOffset <= sizeBytes - lengthBytes;
  }

  /// Whether pieces cover a range in order, without holes, each inside its device.
  boolean isFilledBy(WindowPieces pieces, long windowOffset, long lengthBytes) {
    long at = windowOffset;
    for (int i = 0; i < pieces.count(); i++) {
      int device = pieces.deviceIndex(i);
      long offset = pieces.deviceOffset(i);
      long bytes = pieces.lengthBytes(i);
      if (pieces.windowOffset(i) != at
          || !holds(at, bytes)
          || (offset & mask()) != 0
          || offset < 0
          || device < 0
          || device >= devices.size()
          || offset > devices.get(device).sizeBytes() - bytes) {
        return false;
      }
      at += bytes;
    }
    return at == windowOffset + lengthBytes;
  }
}
