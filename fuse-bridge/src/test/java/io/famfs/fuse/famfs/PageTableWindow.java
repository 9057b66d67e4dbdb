package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.WindowPieces;
import java.util.HashMap;
import java.util.Map;

/// A window that is a table of pages: which byte of the device each page shows. It checks what the
/// server promises about pieces.
final class PageTableWindow implements MappingWindow {
  static final int PAGE_BYTES = 4096;

  private final long sizeBytes;
  private final int alignmentLog2;
  final Map<Long, Long> pages = new HashMap<>();
  int answer;
  int drops;

  PageTableWindow(long sizeBytes) {
    this(sizeBytes, 12);
  }

  PageTableWindow(long sizeBytes, int alignmentLog2) {
    this.sizeBytes = sizeBytes;
    this.alignmentLog2 = alignmentLog2;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public int alignmentLog2() {
    return alignmentLog2;
  }

  @Override
  public int map(
      long nodeid,
      long fileOffset,
      long windowOffset,
      long lengthBytes,
      WindowPieces pieces,
      boolean writable) {
    if (answer != 0) {
      return answer;
    }
    long at = windowOffset;
    for (int i = 0; i < pieces.count(); i++) {
      long deviceOffset = pieces.deviceOffset(i);
      long pieceBytes = pieces.lengthBytes(i);
      long bits = deviceOffset | pieces.windowOffset(i) | pieceBytes;
      if (pieces.windowOffset(i) != at
          || pieceBytes <= 0
          || (bits & (1L << alignmentLog2) - 1) != 0) {
        throw new AssertionError("pieces do not cover the range: " + pieces);
      }
      for (long page = 0; page < pieceBytes; page += PAGE_BYTES) {
        pages.put(at + page, deviceOffset + page);
      }
      at += pieceBytes;
    }
    if (at != windowOffset + lengthBytes || at > sizeBytes) {
      throw new AssertionError("pieces do not end with the range: " + pieces);
    }
    return 0;
  }

  @Override
  public int unmap(long windowOffset, long lengthBytes) {
    if (windowOffset < 0 || lengthBytes <= 0 || windowOffset + lengthBytes > sizeBytes) {
      return -Errno.EINVAL;
    }
    pages.keySet().removeIf(page -> page >= windowOffset && page < windowOffset + lengthBytes);
    return 0;
  }

  @Override
  public int withdraw(int deviceIndex, long deviceOffset, long lengthBytes) {
    pages.values().removeIf(at -> at >= deviceOffset && at < deviceOffset + lengthBytes);
    return 0;
  }

  @Override
  public void unmapAll() {
    drops++;
    pages.clear();
  }
}
