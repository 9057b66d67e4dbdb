package io.famfs.bench;

import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.WindowPieces;

/// A window of a front-end that takes no time.
final class CountingWindow implements MappingWindow {
  private static final long WINDOW_BYTES = 1L << 30;
  private static final int PAGE_LOG2 = 12;

  private long pieces;

  /// Pieces mapped so far.
  long pieces() {
    return pieces;
  }

  @Override
  public long sizeBytes() {
    return WINDOW_BYTES;
  }

  @Override
  public int alignmentLog2() {
    return PAGE_LOG2;
  }

  @Override
  public int map(
      long nodeid,
      long fileOffset,
      long windowOffset,
      long lengthBytes,
      WindowPieces mapped,
      boolean writable) {
    pieces += mapped.count();
    return 0;
  }

  @Override
  public int unmap(long windowOffset, long lengthBytes) {
    return 0;
  }

  @Override
  public int withdraw(int deviceIndex, long deviceOffset, long lengthBytes) {
    return 0;
  }

  @Override
  public void unmapAll() {
    pieces = 0;
  }
}
