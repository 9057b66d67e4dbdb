package io.famfs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoldenVolumeTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"g1-fresh-256M", "g2-tree-512M", "g3-interleaved-16G"})
  void replayGivesTheTreeOfTheReference(String name) throws Exception {
    GoldenVolume golden = GoldenVolume.load(name, directory);
    Volume volume = Volume.open(List.of(golden.device()), OpenOptions.forReading());
    assertTrue(volume.report().clean());
    List<String> expectedPaths = new ArrayList<>();
    for (JsonNode entry : golden.truth().get("entries")) {
      String path = entry.get("path").textValue();
      expectedPaths.add(path);
      Inode inode = volume.namespace().find(path);
      assertNotNull(inode, path);
      assertEquals(path, inode.path());
      assertEquals(entry.get("index").longValue(), inode.logIndex());
      assertEquals(Integer.parseInt(entry.get("mode").textValue(), 8), inode.mode());
      assertEquals(entry.get("uid").longValue(), Integer.toUnsignedLong(inode.uid()));
      assertEquals(entry.get("gid").longValue(), Integer.toUnsignedLong(inode.gid()));
      if (entry.get("kind").textValue().equals("file")) {
        assertFile(entry, assertInstanceOf(FileInode.class, inode));
      } else {
        assertInstanceOf(DirectoryInode.class, inode);
      }
    }
    List<String> paths = new ArrayList<>();
    collect(volume.namespace().root(), paths);
    paths.sort(null);
    expectedPaths.sort(null);
    assertEquals(expectedPaths, paths);
  }

  private static void assertFile(JsonNode entry, FileInode file) {
    assertEquals(entry.get("size").longValue(), file.sizeBytes());
    JsonNode ranges = entry.has("strips") ? entry.get("strips") : entry.get("extents");
    List<DeviceRange> expected = new ArrayList<>();
    for (JsonNode range : ranges) {
      expected.add(
          new DeviceRange(
              range.get("dev").intValue(),
              range.get("offset").longValue(),
              range.get("len").longValue()));
    }
    assertEquals(expected, file.fmap().ranges());
    assertTrue(file.extents().mappedBytes() >= file.sizeBytes());
  }

  private static void collect(DirectoryInode directory, List<String> paths) {
    for (Inode child : directory.children()) {
      paths.add(child.path());
      if (child instanceof DirectoryInode below) {
        collect(below, paths);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"g1-fresh-256M", "g2-tree-512M", "g3-interleaved-16G"})
  void aCheckCountsWhatTheReferenceCounts(String name) {
    GoldenVolume golden = GoldenVolume.load(name, directory);
    CheckReport report = VolumeCheck.check(List.of(golden.device().readOnly()));
    assertTrue(report.clean());
    VolumeUsage usage = report.usage();
    assertNotNull(usage);
    assertEquals(golden.verdict("bad_entries").longValue(), report.counts().badEntries());
    assertEquals(golden.verdict("collisions").longValue(), report.counts().collisions());
    assertEquals(golden.verdict("sum_file_sizes").longValue(), report.counts().sumFileBytes());
    assertEquals(golden.verdict("files").longValue(), usage.files());
    assertEquals(golden.verdict("directories").longValue(), usage.directories());
    assertEquals(golden.verdict("allocated_bytes").longValue(), usage.usedBytes());
    assertEquals(golden.verdict("free_bytes").longValue(), usage.freeBytes());
    assertEquals(golden.truth().get("entries").size(), usage.logEntriesUsed());
    assertEquals(15420, usage.logEntriesTotal());
  }

  @Test
  void aDamagedSuperblockIsRefusedAndNamed() {
    GoldenVolume golden = GoldenVolume.load("g6-sb-crc-bad", directory);
    MediaException e =
        assertThrows(
            MediaException.class,
            () -> Volume.open(List.of(golden.device()), OpenOptions.forReading()));
    assertEquals(Rule.SUPERBLOCK_CRC, e.fault().rule());
    CheckReport report = VolumeCheck.check(List.of(golden.device()));
    assertEquals(Rule.SUPERBLOCK_CRC, report.faults().getFirst().rule());
    assertNotNull(report.superblock());
  }

  @Test
  void aFreshVolumeDiffersFromTheReferenceOnlyInUuidsAndChecksum() throws Exception {
    GoldenVolume golden = GoldenVolume.load("g1-fresh-256M", directory);
    TestDevice device = TestDevice.sparse(directory.resolve("ours"), golden.device().sizeBytes());
    UUID system = UUID.fromString(golden.truth().get("superblock").get("system_uuid").textValue());
    Volume.format(List.of(device), FormatOptions.ownedBy(system));
    MemorySegment ours = device.memory().asSlice(0, golden.image().byteSize());
    // Fs uuid, device uuid, checksum; and what the reference leaves undefined, where we are zero.
    for (long[] range : new long[][] {{48, 80}, {96, 104}, {104, 112}, {120, 136}}) {
      MemorySegment.copy(golden.image(), range[0], ours, range[0], range[1] - range[0]);
    }
    assertEquals(-1, ours.mismatch(golden.image()));
  }

  @Test
  void creatingTheSameTreeWritesTheSameLogAsTheReference() throws Exception {
    GoldenVolume golden = GoldenVolume.load("g2-tree-512M", directory);
    TestDevice device = TestDevice.sparse(directory.resolve("ours"), golden.device().sizeBytes());
    Volume volume = Volume.format(List.of(device), FormatOptions.ownedBy(new UUID(1, 2)));
    for (JsonNode entry : golden.truth().get("entries")) {
      String path = entry.get("path").textValue();
      int mode = Integer.parseInt(entry.get("mode").textValue(), 8);
      int uid = (int) entry.get("uid").longValue();
      int gid = (int) entry.get("gid").longValue();
      if (entry.get("kind").textValue().equals("file")) {
        try (FileCreation file =
            volume.create(path, entry.get("size").longValue(), mode, uid, gid)) {
          file.commit();
        }
      } else {
        volume.mkdir(path, mode, uid, gid);
      }
    }
    long logStart = LogHeaderLayout.MEDIA_OFFSET;
    long logBytes = golden.image().byteSize() - logStart;
    assertEquals(
        -1,
        device
            .memory()
            .asSlice(logStart, logBytes)
            .mismatch(golden.image().asSlice(logStart, logBytes)));
  }

  @Test
  void theWorkedExampleOfTheFormatResolves() throws Exception {
    GoldenVolume golden = GoldenVolume.load("g3-interleaved-16G", directory);
    Volume volume = Volume.open(List.of(golden.device()), OpenOptions.forReading());
    FileInode file = assertInstanceOf(FileInode.class, volume.namespace().find("striped/s3"));
    ExtentCursor cursor = new ExtentCursor();
    assertTrue(file.extents().resolve(13L << 20, 64L << 20, cursor));
    assertEquals(0, cursor.deviceIndex());
    assertEquals(12892241920L, cursor.deviceOffset());
    assertEquals(1L << 20, cursor.runBytes());
    assertTrue(file.extents().resolve(15L << 20, 1, cursor));
    // Strip 3 starts at 16 MiB; the byte lies 3 MiB inside.
    assertEquals((16L << 20) + (3L << 20), cursor.deviceOffset());
    assertEquals(16L << 20, file.extents().mappedBytes());
    assertEquals(16L << 20, file.extents().allocatedBytes());
  }

  @Test
  void namesAreFoundByTheirBytes() throws Exception {
    GoldenVolume golden = GoldenVolume.load("g2-tree-512M", directory);
    Volume volume = Volume.open(List.of(golden.device()), OpenOptions.forReading());
    DirectoryInode parent =
        assertInstanceOf(DirectoryInode.class, volume.namespace().find("with space"));
    byte[] name = "..été..".getBytes(StandardCharsets.UTF_8);
    Inode found =
        volume.namespace().lookup(parent, MemorySegment.ofArray(name), 2, name.length - 4);
    assertNotNull(found);
    assertEquals("with space/été", found.path());
    assertEquals(found, volume.namespace().inode(found.nodeid()));
  }
}
