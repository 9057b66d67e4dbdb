package io.famfs.store;

import static io.famfs.store.MediaEditor.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/// What long logs cost: heap per file, processor time per entry and per new entry. Times are
/// compared with times of the same run only.
class ScaleTest {
  private static final int SMALL = 10_000;
  private static final int LARGE = 160_000;
  private static final int FILES_PER_DIRECTORY = 200;
  private static final int RUNS = 4;

  /// The promise: heap per file beside its name, tables and map included.
  private static final long HEAP_BYTES_PER_FILE = 300;

  /// Times per entry that do not depend on the number of entries differ less than this: what is
  /// large is in no cache. A step that goes through all entries would be 16 times as slow.
  private static final double SAME_TIME = 8;

  @TempDir(factory = InMemory.class)
  private Path folder;

  /// Files on a disk would be measured as well.
  static final class InMemory implements TempDirFactory {
    private static final Path MEMORY = Path.of("/dev/shm");

    @Override
    public Path createTempDirectory(
        AnnotatedElementContext elementContext, ExtensionContext extensionContext)
        throws IOException {
      return Files.isWritable(MEMORY)
          ? Files.createTempDirectory(MEMORY, "famfs-scale-test")
          : Files.createTempDirectory("famfs-scale-test");
    }
  }

  /// A device whose free space reads as zeros already.
  private static final class ZeroedDevice extends TestDevice {
    ZeroedDevice(TestDevice of) {
      super(of.memory(), true);
    }

    @Override
    public void zero(long offset, long lengthBytes) {}
  }

  @Test
  void aFileTakesLittleHeap() throws Exception {
    assertHeap(device("simple", LARGE, ScaleTest::oneExtent));
    assertHeap(device("striped", SMALL, ScaleTest::fourStrips));
  }

  private static void assertHeap(TestDevice device) throws Exception {
    long before = usedHeap();
    long[] open = heapWhileOpen(device);
    // What other tests left behind may go at any time: the larger difference counts.
    long heap = open[0] - Math.min(before, usedHeap());
    long perFile = (heap - open[1]) / open[2];
    System.out.printf("%,d files: %d bytes of heap per file beside its name%n", open[2], perFile);
    assertTrue(perFile <= HEAP_BYTES_PER_FILE, perFile + " bytes per file");
  }

  /// Heap in use, bytes of names, number of files.
  private static long[] heapWhileOpen(TestDevice device) throws Exception {
    Volume volume = Volume.open(List.of(device), OpenOptions.forReading());
    long heap = usedHeap();
    assertTrue(volume.report().clean());
    return new long[] {heap, nameBytes(volume), volume.usage().files()};
  }

  private static long nameBytes(Volume volume) {
    long sum = 0;
    for (long index = 0; index < volume.usage().logEntriesUsed(); index++) {
      if (index % (FILES_PER_DIRECTORY + 1) != 0) {
        sum += name(index).length();
      }
    }
    return sum;
  }

  @Test
  void timePerEntryDoesNotGrowWithTheLog() throws Exception {
    TestDevice small = device("small", SMALL, ScaleTest::oneExtent);
    TestDevice large = device("large", LARGE, ScaleTest::oneExtent);
    double smallNanos = Double.MAX_VALUE;
    double largeNanos = Double.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      // Several of the small one, so that both run equally long.
      for (int i = 0; i < LARGE / SMALL; i++) {
        smallNanos = Math.min(smallNanos, openNanos(small, SMALL));
      }
      largeNanos = Math.min(largeNanos, openNanos(large, LARGE));
    }
    System.out.printf(
        "replay: %.0f ns per entry of %,d, %.0f ns per entry of %,d%n",
        smallNanos, SMALL, largeNanos, LARGE);
    assertTrue(largeNanos < SAME_TIME * smallNanos, largeNanos + " and " + smallNanos);
  }

  private static double openNanos(TestDevice device, int entries) throws Exception {
    long start = processorNanos();
    Volume volume = Volume.open(List.of(device), OpenOptions.forReading());
    long nanos = processorNanos() - start;
    assertEquals(entries, volume.usage().logEntriesUsed());
    return (double) nanos / entries;
  }

  @Test
  void creatingCostsTheSameHoweverManyFilesThereAre() throws Exception {
    Volume small = openWriter("few", SMALL);
    Volume large = openWriter("many", LARGE);
    double smallNanos = Double.MAX_VALUE;
    double largeNanos = Double.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      smallNanos = Math.min(smallNanos, makeNanos(small, run));
      largeNanos = Math.min(largeNanos, makeNanos(large, run));
    }
    System.out.printf(
        "a new entry: %.0f ns behind %,d, %.0f ns behind %,d%n",
        smallNanos, SMALL, largeNanos, LARGE);
    assertTrue(largeNanos < SAME_TIME * smallNanos, largeNanos + " and " + smallNanos);
  }

  private Volume openWriter(String name, int entries) throws Exception {
    TestDevice device = new ZeroedDevice(device(name, entries, ScaleTest::oneExtent));
    return Volume.open(List.of(device), OpenOptions.forHost(MediaEditor.OWNER));
  }

  private static double makeNanos(Volume volume, int run) throws Exception {
    int made = 1000;
    long start = processorNanos();
    for (int i = 0; i < made; i += 2) {
      volume.mkdir("new-" + run + "-" + i, 0755, 0, 0);
      try (FileCreation file = volume.create("file-" + run + "-" + i, 1, 0644, 0, 0)) {
        file.commit();
      }
    }
    return (double) (processorNanos() - start) / made;
  }

  @Test
  void everyFileIsFoundWithItsMap() throws Exception {
    TestDevice device = device("found", SMALL, ScaleTest::fourStrips);
    Volume volume = Volume.open(List.of(device), OpenOptions.forReading());
    for (long index = 0; index < SMALL; index++) {
      if (index % (FILES_PER_DIRECTORY + 1) != 0) {
        FileInode file = (FileInode) volume.namespace().find(path(index));
        assertTrue(file != null, path(index));
        assertEquals(index, file.logIndex());
        assertEquals(fourStrips(index), file.fmap());
        assertEquals(file, volume.namespace().inode(file.nodeid()));
      }
    }
  }

  private TestDevice device(String name, int entries, LongFunction<Fmap> fmap) throws Exception {
    long logBytes = LogHeaderLayout.MIN_LOG_BYTES;
    // With room for what is made new.
    while (LogHeaderLayout.lastIndex(logBytes) < entries + 2 * RUNS * 1000L) {
      logBytes *= 2;
    }
    TestDevice device =
        TestDevice.sparse(folder.resolve(name), DATA_AT + 4L * (LARGE + 10_000) * UNIT);
    Volume.format(List.of(device), FormatOptions.ownedBy(MediaEditor.OWNER).withLogLength(logBytes))
        .close();
    MediaEditor media = new MediaEditor(device);
    MemorySegment entry = MemorySegment.ofArray(new byte[LogEntryLayout.BYTES]);
    for (long index = 0; index < entries; index++) {
      LogEntryCodec.encode(entry(index, fmap), entry, 0);
      LogEntryCodec.seal(entry, 0);
      media.entry(index).copyFrom(entry);
    }
    media.setNextIndex(entries);
    return device;
  }

  /// Start of the data, behind the longest log of these tests.
  private static final long DATA_AT = 256L << 20;

  private static LogEntry entry(long index, LongFunction<Fmap> fmap) {
    LogEntry made =
        index % (FILES_PER_DIRECTORY + 1) == 0
            ? MediaEditor.mkdir(directory(index))
            : MediaEditor.file(path(index), UNIT - index % 4096, fmap.apply(index));
    return switch (made) {
      case LogEntry.FileEntry f ->
          new LogEntry.FileEntry(
              index, 0, f.path(), f.sizeBytes(), f.flags(), f.uid(), f.gid(), f.mode(), f.fmap());
      case LogEntry.MkdirEntry d ->
          new LogEntry.MkdirEntry(index, 0, d.path(), d.uid(), d.gid(), d.mode());
      default -> throw new IllegalStateException(made.toString());
    };
  }

  private static Fmap oneExtent(long index) {
    return new Fmap.Simple(List.of(unit(index)));
  }

  private static Fmap fourStrips(long index) {
    return new Fmap.Interleaved(
        UNIT,
        List.of(unit(4 * index), unit(4 * index + 1), unit(4 * index + 2), unit(4 * index + 3)));
  }

  private static DeviceRange unit(long number) {
    return new DeviceRange(0, DATA_AT + number * UNIT, UNIT);
  }

  private static String directory(long index) {
    return "a-directory-with-a-name-of-some-length-" + index / (FILES_PER_DIRECTORY + 1);
  }

  private static String path(long index) {
    return directory(index) + "/" + name(index);
  }

  private static String name(long index) {
    return "file-" + index + "-0123456789".substring(0, (int) (index % 11));
  }

  /// Processor time of this thread: other programs of the host do not count.
  private static long processorNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /// Collects garbage until no more comes.
  private static long usedHeap() {
    long used = Long.MAX_VALUE;
    long before;
    do {
      before = used;
      System.gc();
      used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    } while (used < before);
    return used;
  }
}
