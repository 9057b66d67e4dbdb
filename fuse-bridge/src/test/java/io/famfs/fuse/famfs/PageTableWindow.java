package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.WindowPiece;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A window that is a table of pages: which byte of the device each page shows. It checks what the
/// server promises about pieces.
final class PageTableWindow implements MappingWindow {
  static final int PAGE_BYTES = 4096;

  private final long sizeBytes;
  final Map<Long, Long> pages = new HashMap<>();
  int answer;
  int drops;

  PageTableWindow(long sizeBytes) {
    this.sizeBytes = sizeBytes;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public int alignmentLog2() {
    return 12;
  }

  @Override
  public int map(
      long nodeid,
      long fileOffset,
      long windowOffset,
      long lengthBytes,
      List<WindowPiece> pieces,
      boolean writable) {
    if (answer != 0) {
      return answer;
    }
    long at = windowOffset;
    for (WindowPiece piece : pieces) {
      long bits = piece.deviceOffset() | piece.windowOffset() | piece.lengthBytes();
      if (piece.windowOffset() != at || piece.lengthBytes() <= 0 || bits % PAGE_BYTES != 0) {
        throw new AssertionError("pieces do not cover the range: " + pieces);
      }
      for (long page = 0; page < piece.lengthBytes(); page += PAGE_BYTES) {
        pages.put(at + page, piece.deviceOffset() + page);
      }
      at += piece.lengthBytes();
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
  public void unmapAll() {
    drops++;
    pages.clear();
  }
}
