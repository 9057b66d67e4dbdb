package io.famfs.dax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.famfs.core.Errno;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.ExtentList;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.FormatVersion;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaText;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.core.mapping.Access;
import io.famfs.core.mapping.FileMapping;
import io.famfs.os.ErrnoException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lists of extents that a mount may come up with, over a real device file.
class MountedFilesTest {
  private static final long DEVICE_BYTES = 32L << 20;
  private static final long UNIT = 2L << 20;
  private static final long RESERVED = LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.MIN_LOG_BYTES;
  private static final UUID DEVICE = new UUID(3, 4);
  private static final Path FILE = Path.of("/mnt/file");

  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void make() throws IOException {
    path = directory.resolve("device");
    try (MappedDaxDevice device = DaxDevices.createFile(path, DEVICE_BYTES)) {
      Superblock superblock =
          new Superblock(
              SuperblockLayout.MAGIC,
              FormatVersion.CURRENT,
              LogHeaderLayout.MEDIA_OFFSET,
              LogHeaderLayout.MIN_LOG_BYTES,
              SuperblockLayout.ALLOC_UNIT_BYTES,
              new UUID(1, 2),
              DEVICE,
              new UUID(5, 6),
              0,
              0,
              DEVICE_BYTES,
              new UUID(0, 0),
              MediaText.of("/dev/dax0.0"));
      MemorySegment memory = device.memory();
      SuperblockCodec.encode(superblock, memory, 0);
      SuperblockCodec.seal(memory, 0);
      memory.set(ValueLayout.JAVA_BYTE, DEVICE_BYTES - UNIT, (byte) 42);
    }
  }

  private static ExtentList list(long offset, long lengthBytes, UUID device) {
    Fmap map = new Fmap.Simple(List.of(new DeviceRange(0, offset, lengthBytes)));
    return new ExtentList(5, map, new TreeMap<>(Map.of(0, device)));
  }

  /// A mount that says one thing after the other.
  private MountedFiles saying(ExtentList... said) throws IOException {
    Deque<ExtentList> next = new ArrayDeque<>(List.of(said));
    return MountedFiles.open(List.of(path), Mode.READ_ONLY, file -> next.removeFirst());
  }

  @Test
  void aFileIsMappedWhereItIsSaidToLie() throws IOException {
    ExtentList last = list(DEVICE_BYTES - UNIT, UNIT, DEVICE);
    try (MountedFiles files = saying(last, last);
        Arena arena = Arena.ofConfined()) {
      FileMapping file = files.map(FILE, Access.READ_ONLY, arena);
      assertEquals(5, file.contiguous().get().byteSize());
      assertEquals(42, file.resolve(0).get(ValueLayout.JAVA_BYTE, 0));
    }
  }

  @Test
  void listsThatPointOutsideOfFilesAreRefused() throws IOException {
    refused(Errno.EPROTO, list(0, UNIT, DEVICE));
    refused(Errno.EPROTO, list(RESERVED - UNIT, UNIT, DEVICE));
    refused(Errno.EPROTO, list(DEVICE_BYTES - UNIT, UNIT + 1, DEVICE));
    refused(Errno.EPROTO, list(DEVICE_BYTES, UNIT, DEVICE));
    refused(Errno.EPROTO, list(Long.MAX_VALUE - UNIT, UNIT, DEVICE));
    refused(Errno.ENXIO, list(RESERVED, UNIT, new UUID(3, 5)));
  }

  @Test
  void whatChangesMeanwhileIsStale() throws IOException {
    ExtentList first = list(RESERVED, UNIT, DEVICE);
    refused(Errno.ESTALE, first, list(RESERVED + UNIT, UNIT, DEVICE));
    refused(Errno.ESTALE, first, new ExtentList(6, first.map(), first.devices()));
  }

  private void refused(int errno, ExtentList... said) throws IOException {
    try (MountedFiles files = saying(said);
        Arena arena = Arena.ofConfined()) {
      ErrnoException e =
          assertThrows(ErrnoException.class, () -> files.map(FILE, Access.READ_ONLY, arena));
      assertEquals(errno, e.errno(), e.getMessage());
    }
  }

  @Test
  void nothingIsMappedInAnArenaThatIsClosed() throws IOException {
    ExtentList list = list(RESERVED, UNIT, DEVICE);
    try (MountedFiles files = saying(list, list)) {
      Arena arena = Arena.ofConfined();
      arena.close();
      assertThrows(IllegalStateException.class, () -> files.map(FILE, Access.READ_ONLY, arena));
    }
  }
}
