package io.famfs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.store.namespace.FileInode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacementTest {
  private static final long UNIT = MediaEditor.UNIT;
  private static final long BUCKET = 1L << 30;

  @TempDir Path folder;

  @Test
  void stripsAreOfEqualLengthOneInEachBucket() throws Exception {
    TestDevice device = device("d");
    FileInode file = make(open(device), "s", 15L << 20, Placement.interleaved(2L << 20, 2, 2, 7));
    Fmap.Interleaved fmap = assertInstanceOf(Fmap.Interleaved.class, file.fmap());
    assertEquals(2L << 20, fmap.chunkBytes());
    assertEquals(2, fmap.ranges().size());
    assertEquals(2, fmap.ranges().stream().map(r -> r.offset() / BUCKET).distinct().count());
    // 8 units on 2 strips in chunks of a unit: 4 units each.
    assertTrue(fmap.ranges().stream().allMatch(r -> r.lengthBytes() == 4 * UNIT));
    FileInode again = assertInstanceOf(FileInode.class, open(device).namespace().find("s"));
    assertEquals(fmap, again.fmap());
  }

  @Test
  void theSameSeedPlacesTheSame() throws Exception {
    Placement how = Placement.interleaved(2L << 20, 2, 2, 99);
    FileInode first = make(open("d"), "s", 9L << 20, how);
    FileInode second = make(open("e"), "s", 9L << 20, how);
    assertEquals(first.fmap(), second.fmap());
  }

  @Test
  void aFileSmallerThanAChunkIsContiguous() throws Exception {
    FileInode file = make(open("d"), "s", UNIT, Placement.interleaved(4L << 20, 2, 2, 0));
    assertEquals(
        new DeviceRange(0, MediaEditor.DATA, UNIT),
        assertInstanceOf(Fmap.Simple.class, file.fmap()).ranges().getFirst());
  }

  @Test
  void whatTheReferenceCrashesOnIsRefused() throws Exception {
    Volume volume = open("d");
    refused(volume, Placement.interleaved(2L << 20, 0, 2, 0), Errno.EINVAL);
    refused(volume, Placement.interleaved(2L << 20, 17, 32, 0), Errno.EINVAL);
    refused(volume, Placement.interleaved(2L << 20, 4, 3, 0), Errno.EINVAL);
    refused(volume, Placement.interleaved(2L << 20, 4, 65, 0), Errno.EINVAL);
    refused(volume, Placement.interleaved(2L << 20, 2, 3, 0), Errno.EINVAL);
    refused(volume, Placement.interleaved(3L << 20, 2, 2, 0), Errno.EINVAL);
    refused(volume, Placement.interleaved(1L << 20, 2, 2, 0), Errno.EINVAL);
    refused(volume, Placement.interleaved(0, 2, 2, 0), Errno.EINVAL);
    refused(volume, Placement.interleaved(2L << 20, 2, 0, 0), Errno.EINVAL);
    assertEquals(MediaEditor.DATA, volume.usage().usedBytes());
  }

  @Test
  void stripsThatFitNowhereAreRefused() throws Exception {
    Volume volume = open("d");
    Placement two = Placement.interleaved(2L << 20, 2, 2, 3);
    StoreException refused =
        assertThrows(StoreException.class, () -> make(volume, "s", 2 * BUCKET + 4 * UNIT, two));
    assertEquals(Errno.ENOSPC, refused.errno(), refused.getMessage());
    assertEquals(MediaEditor.DATA, volume.usage().usedBytes());
  }

  private Volume open(String name) throws Exception {
    return open(device(name));
  }

  private static Volume open(TestDevice device) throws Exception {
    return Volume.open(List.of(device), OpenOptions.forHost(MediaEditor.OWNER));
  }

  private TestDevice device(String name) throws Exception {
    TestDevice device = TestDevice.sparse(folder.resolve(name), 2 * BUCKET);
    Volume.format(List.of(device), FormatOptions.ownedBy(MediaEditor.OWNER)).close();
    return device;
  }

  private static void refused(Volume volume, Placement placement, int errno) {
    StoreException refused =
        assertThrows(StoreException.class, () -> make(volume, "x", 100L << 20, placement));
    assertEquals(errno, refused.errno(), refused.getMessage());
  }

  private static FileInode make(Volume volume, String path, long size, Placement placement)
      throws StoreException {
    try (FileCreation file = volume.create(path, size, new NewAttributes(0644, 0, 0), placement)) {
      return file.commit();
    }
  }
}
