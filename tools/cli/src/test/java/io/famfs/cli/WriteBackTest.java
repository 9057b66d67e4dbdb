package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.DaxDevice;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.store.FormatOptions;
import io.famfs.store.Placement;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every byte of a copy is written back, however many threads made it.
class WriteBackTest {
  private static final long SIZE = (200 << 20) + 4097;

  @TempDir(factory = MemoryDirectory.class)
  private Path directory;

  /// Remembers what was written back, as ends by starts.
  private record Recorder(MappedDaxDevice device, Map<Long, Long> ranges) implements DaxDevice {
    @Override
    public String name() {
      return device.name();
    }

    @Override
    public MemorySegment memory() {
      return device.memory();
    }

    @Override
    public long sizeBytes() {
      return device.sizeBytes();
    }

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public int alignmentBytes() {
      return device.alignmentBytes();
    }

    @Override
    public void writeBack(long offset, long lengthBytes) {
      synchronized (ranges) {
        ranges.merge(offset, offset + lengthBytes, Math::max);
      }
      device.writeBack(offset, lengthBytes);
    }

    @Override
    public void invalidate(long offset, long lengthBytes) {
      device.invalidate(offset, lengthBytes);
    }

    @Override
    public void zero(long offset, long lengthBytes) {
      device.zero(offset, lengthBytes);
    }

    @Override
    public void close() {
      device.close();
    }

    /// The first byte of a range that was not written back, its end when all of it was.
    long reach(long start, long end) {
      long at = start;
      for (Map.Entry<Long, Long> range : ranges.entrySet()) {
        if (range.getKey() <= at) {
          at = Math.max(at, range.getValue());
        }
      }
      return Math.min(at, end);
    }
  }

  private void copy(Tree tree, Path source) throws IOException {
    CopyPlan plan = CopyPlan.of(List.of(source), false, _ -> true);
    CopyRules rules =
        new CopyRules(
            CopyRules.Action.COPY,
            3,
            false,
            path -> new Ownerships().ofCopy(path, false),
            Placement::contiguous);
    try (Progress progress = new Progress("cp", SIZE)) {
      Copier copier = new Copier(tree, rules, progress, message -> assertEquals("", message));
      copier.run(plan, Location.of(Devices.of(List.of(Path.of("x"))), "copy"));
      assertEquals(1, copier.files());
    }
  }

  @Test
  void allOfALargeCopyIsWrittenBack() throws IOException {
    Path source = directory.resolve("source");
    try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "rw")) {
      file.setLength(SIZE);
    }
    try (MappedDaxDevice memory = DaxDevices.memfd("copy", 256 << 20)) {
      Recorder recorder = new Recorder(memory, new TreeMap<>());
      Volume volume = Volume.format(List.of(recorder), FormatOptions.ownedBy(UUID.randomUUID()));
      try (Tree tree = new DeviceTree(new OpenVolume(volume, List.of(memory)))) {
        copy(tree, source);
        assertWrittenBack(recorder, volume);
        // Filled again: nothing is published, so the copy itself has to do it.
        recorder.ranges().clear();
        copy(tree, source);
        assertWrittenBack(recorder, volume);
      }
    }
  }

  private static void assertWrittenBack(Recorder recorder, Volume volume) {
    assertTrue(volume.namespace().find("copy") instanceof FileInode);
    FileInode file = (FileInode) volume.namespace().find("copy");
    ExtentCursor cursor = new ExtentCursor();
    assertTrue(file != null && file.extents().resolve(0, SIZE, cursor));
    assertEquals(SIZE, cursor.runBytes());
    long end = cursor.deviceOffset() + SIZE;
    assertEquals(end, recorder.reach(cursor.deviceOffset(), end));
  }
}
