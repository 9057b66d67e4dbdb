package io.famfs.dax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.MemoryRange;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.FileExtents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lists of bad memory in directories that look as sysfs does.
class BadBlocksTest {
  private static final long MIB = 1 << 20;

  @TempDir Path sysfs;
  private Path region = Path.of("");

  /// A devdax device of 4 MiB that begins 2 MiB into its region, a disk and a partition of it.
  @BeforeEach
  void makeSysfs() throws IOException {
    region = sysfs.resolve("devices/LNXSYSTM:00/ndbus0/region0");
    Path dax = region.resolve("dax0.1/dax0.0");
    Path disk = region.resolve("namespace0.0/block/pmem0");
    Path part = disk.resolve("pmem0p1");
    Files.createDirectories(dax);
    Files.createDirectories(part);
    put(region.resolve("resource"), "0x240000000");
    put(dax.resolve("resource"), "0x240200000");
    put(part.resolve("partition"), "1");
    put(part.resolve("start"), "2048");
    put(part.resolve("size"), "4096");
    link("char/252:0", dax);
    link("block/259:0", disk);
    link("block/259:1", part);
  }

  private static void put(Path file, String text) throws IOException {
    Files.writeString(file, text + "\n");
  }

  private void link(String name, Path target) throws IOException {
    Path link = sysfs.resolve("dev").resolve(name);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, target);
  }

  private static MemoryRange range(long offset, long length) {
    return new MemoryRange(offset, length);
  }

  @Test
  void aListOfARegionIsCountedFromTheDevice() throws IOException {
    BadBlocks blocks = new BadBlocks(sysfs);
    assertEquals(List.of(), blocks.ofDevDax(252, 0, 4 * MIB), "no list");
    Files.createFile(region.resolve("badblocks"));
    assertEquals(List.of(), blocks.ofDevDax(252, 0, 4 * MIB), "nothing listed");
    // In front of it, across its start, in it, across its end, behind it.
    Files.writeString(region.resolve("badblocks"), "0 8\n4088 16\n4200 1\n12280 16\n20000 8\n");
    assertEquals(
        List.of(range(0, 4096), range(104 * 512, 512), range(4 * MIB - 4096, 4096)),
        blocks.ofDevDax(252, 0, 4 * MIB));
    assertEquals(List.of(), blocks.ofDevDax(252, 9, 4 * MIB), "no such device");
  }

  @Test
  void aDiskListsForItsPartitions() throws IOException {
    BadBlocks blocks = new BadBlocks(sysfs);
    assertEquals(List.of(), blocks.ofFileSystem(259, 0));
    assertEquals(List.of(), blocks.ofFileSystem(259, 1));
    put(region.resolve("namespace0.0/block/pmem0/badblocks"), "2040 16\n2100 2\n7000 8");
    assertEquals(
        List.of(range(2040 * 512, 8192), range(2100 * 512, 1024), range(7000 * 512, 4096)),
        blocks.ofFileSystem(259, 0));
    assertEquals(List.of(range(0, 4096), range(52 * 512, 1024)), blocks.ofFileSystem(259, 1));
    assertEquals(List.of(), blocks.ofFileSystem(0, 31), "a file system without a device");
  }

  @Test
  void badSectorsOfADiskAreFoundInAFile() {
    List<FileExtents.Extent> extents =
        List.of(
            new FileExtents.Extent(0, 10 * MIB, MIB),
            new FileExtents.Extent(MIB, 4 * MIB, MIB),
            new FileExtents.Extent(3 * MIB, 5 * MIB, MIB));
    List<MemoryRange> bad = List.of(range(5 * MIB - 512, 1024), range(12 * MIB, 512));
    assertEquals(
        List.of(range(2 * MIB - 512, 512), range(3 * MIB, 512)), BadBlocks.inFile(bad, extents));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x 1",
        "1",
        "1 2 3",
        "-1 2",
        "1 -2",
        "5 0",
        "18014398509481984 1",
        "36028797018963967 9",
        ""
      })
  void aLineThatIsNoRunIsRefused(String line) throws IOException {
    Path list = Files.writeString(sysfs.resolve("list"), "0 1\n" + line + "\n");
    IOException refused = assertThrows(IOException.class, () -> BadBlocks.read(list));
    assertTrue(String.valueOf(refused.getMessage()).contains("'" + line + "'"));
  }

  @Test
  void aRegionWhoseStartIsHiddenIsReported() throws IOException {
    put(region.resolve("badblocks"), "0 8");
    Files.delete(region.resolve("resource"));
    assertThrows(IOException.class, () -> new BadBlocks(sysfs).ofDevDax(252, 0, 4 * MIB));
  }

  @Test
  void theDevicesOfThisHostCanBeAsked() throws IOException {
    try (MappedDaxDevice memory = DaxDevices.memfd("listed", MIB);
        MappedDaxDevice file = DaxDevices.createFile(sysfs.resolve("file"), MIB)) {
      assertEquals(List.of(), memory.listedBad());
      assertEquals(List.of(), file.listedBad());
    }
  }

  @Test
  void extentsOfAFileCoverItOnce() throws IOException {
    Path file = Files.write(sysfs.resolve("file"), new byte[(int) MIB]);
    try (Fd fd = Fd.open(file, Fd.O_RDONLY, 0)) {
      List<FileExtents.Extent> extents;
      try {
        extents = FileExtents.of(fd);
      } catch (ErrnoException e) {
        System.err.println("*** SKIPPED: this file system has no FIEMAP: " + e.getMessage());
        org.junit.jupiter.api.Assumptions.abort("no FIEMAP here");
        return;
      }
      long at = 0;
      for (FileExtents.Extent extent : extents) {
        assertEquals(at, extent.inFile());
        assertTrue(extent.lengthBytes() > 0);
        at += extent.lengthBytes();
      }
      assertEquals(MIB, at);
    }
  }
}
