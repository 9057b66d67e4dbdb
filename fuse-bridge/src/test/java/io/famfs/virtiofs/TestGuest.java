package io.famfs.virtiofs;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Memfd;
import io.famfs.os.MemoryMap;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The memory of a guest: one file, shown as three regions, two of which are neighbours in the
/// guest.
final class TestGuest implements AutoCloseable {
  record Region(long guest, long size, long user, long fileOffset) {}

  static final long MIB = 1 << 20;
  static final long FILE_BYTES = 8 * MIB;
  static final long HIGH = 1L << 32;

  static final List<Region> REGIONS =
      List.of(
          new Region(0, 4 * MIB, 0x7f00_0000_0000L, 0),
          new Region(4 * MIB, 2 * MIB, 0x7e00_0000_0000L, 4 * MIB),
          new Region(HIGH, 2 * MIB, 0x7d00_0000_0000L, 6 * MIB));

  final Fd fd;
  final MemoryMap map;

  TestGuest() throws ErrnoException {
    fd = Memfd.create("guest", FILE_BYTES);
    map = MemoryMap.map(fd, 0, FILE_BYTES, MemoryMap.Access.READ_WRITE);
  }

  MemorySegment memory() {
    return map.segment();
  }

  /// Where a guest address is in the file.
  static long file(long guestAddress) {
    for (Region region : REGIONS) {
      if (guestAddress >= region.guest() && guestAddress < region.guest() + region.size()) {
        return guestAddress - region.guest() + region.fileOffset();
      }
    }
    throw new IllegalArgumentException("no memory at " + guestAddress);
  }

  static long user(long guestAddress) {
    for (Region region : REGIONS) {
      if (guestAddress >= region.guest() && guestAddress < region.guest() + region.size()) {
        return guestAddress - region.guest() + region.user();
      }
    }
    throw new IllegalArgumentException("no memory at " + guestAddress);
  }

  @Override
  public void close() {
    map.close();
    fd.close();
  }
}
