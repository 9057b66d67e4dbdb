package io.famfs.store.crash;

import static io.famfs.store.crash.CrashScenario.OWNER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.NewAttributes;
import io.famfs.store.NewFile;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.crash.StoreEvent.Stored;
import io.famfs.store.crash.StoreEvent.WrittenBack;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.extent.ExtentMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A crash at any point of any operation leaves the old or the new file system, whatever subset of
/// the cache lines that were not written back is lost. [CrashStates] says which states are tried.
class CrashModelTest {
  private static final long UNIT = 2L << 20;
  private static final long LOG = 8L << 20;
  private static final long DATA = UNIT + LOG;
  private static final int RANDOM_STATES = 300;
  private static final String LONG_NAME = "x".repeat(79);

  @FunctionalInterface
  private interface SeededTest {
    int run(SplittableRandom random) throws Exception;
  }

  /// Runs with a new seed that a failure names.
  private static void seeded(String what, int leastStates, SeededTest test) {
    long seed = new SplittableRandom().nextLong();
    int states;
    try {
      states = test.run(new SplittableRandom(seed));
    } catch (Exception | AssertionError e) {
      throw new AssertionError("seed " + seed, e);
    }
    System.out.println("crash model: " + what + ": " + states + " states, seed " + seed);
    assertTrue(states >= leastStates, "only " + states + " states");
  }

  @Test
  void filesAndDirectoriesAreThereOrNot() {
    seeded(
        "create and mkdir",
        5_000,
        random -> {
          CrashScenario scenario = new CrashScenario(List.of(volume(24)));
          scenario.run(volume -> volume.mkdir("d", 0755, 0, 0));
          scenario.run(volume -> create(volume, "d/f", UNIT + 5, random));
          scenario.run(volume -> create(volume, LONG_NAME, UNIT, random));
          scenario.run(volume -> volume.mkdir("d/" + "y".repeat(77), 01777, -2, -2));
          scenario.run(volume -> create(volume, "d/empty", 0, random));
          return scenario.check(random, RANDOM_STATES);
        });
  }

  @Test
  void slotsWithOldBytesDoNotShineThrough() {
    seeded(
        "create into slots with old bytes",
        10_000,
        random -> {
          MemorySegment media = volume(24);
          // Whole slots of random words: every line of the log changes with every append.
          scribble(media, LogHeaderLayout.entryMediaOffset(0), 6L * LogEntryLayout.BYTES, random);
          CrashScenario scenario = new CrashScenario(List.of(media));
          for (int i = 0; i < 3; i++) {
            String number = Integer.toString(i);
            scenario.run(volume -> volume.mkdir("d" + number, 0755, 0, 0));
            scenario.run(volume -> create(volume, "d" + number + "/f", UNIT, random));
          }
          return scenario.check(random, RANDOM_STATES);
        });
  }

  @Test
  void aFileThatIsGivenUpWasNever() {
    seeded(
        "given up",
        5_000,
        random -> {
          CrashScenario scenario = new CrashScenario(List.of(volume(24)));
          scenario.run(volume -> {
            try (FileCreation file = volume.create("given up", 2 * UNIT, 0644, 0, 0)) {
              fill(volume, file, random);
            }
          });
          scenario.run(volume -> create(volume, "kept", 2 * UNIT, random));
          scenario.run(volume -> {
            // Two in the making at once, committed in the other order.
            try (FileCreation first = volume.create("first", 1, 0644, 0, 0);
                FileCreation second = volume.create("second", 1, 0644, 0, 0)) {
              fill(volume, first, random);
              second.commit();
            }
          });
          return scenario.check(random, RANDOM_STATES);
        });
  }

  /// What happens to a new file before its commit is not on the media, whatever else is done.
  @Test
  void aFileThatGrowsIsThereOnceItIsCommitted() {
    seeded(
        "new files",
        5_000,
        random -> {
          // What is not committed stays pending: few lines of old data, so that all can be lost.
          CrashScenario scenario = new CrashScenario(List.of(volume(32, 64)));
          NewFile[] files = new NewFile[3];
          scenario.run(volume -> files[0] = make(volume, "first"));
          scenario.run(volume -> files[1] = make(volume, "second"));
          scenario.run(volume -> resize(volume, files[0], UNIT + 5, random));
          scenario.run(volume -> resize(volume, files[1], 2 * UNIT - 1, random));
          assertEquals(1, files[1].inode().extents().rangeCount());
          scenario.run(_ -> files[1].commit());
          scenario.run(volume -> volume.mkdir("d", 0755, 0, 0));
          scenario.run(volume -> files[2] = make(volume, "d/given up"));
          scenario.run(volume -> resize(volume, files[2], UNIT, random));
          scenario.run(volume -> {
            files[0].resize(5);
            files[0].inode().setMode(04711);
            files[0].inode().setOwner(8, 9);
          });
          scenario.run(_ -> files[0].commit());
          scenario.run(_ -> files[2].abandon());
          scenario.run(volume -> volume.mkdir("d/given up", 0755, 0, 0));
          return scenario.check(random, RANDOM_STATES / 10);
        });
  }

  private static NewFile make(Volume volume, String path) throws Exception {
    NewFile file = volume.makeFile(path, new NewAttributes(0640, 1000, 1001));
    file.lock();
    return file;
  }

  private static void resize(Volume volume, NewFile file, long bytes, SplittableRandom random)
      throws Exception {
    file.resize(bytes);
    fill(volume, file.inode().extents(), bytes, random);
  }

  @Test
  void aVolumeIsMadeOrNot() {
    seeded(
        "mkfs on blank and on used memory",
        1_000,
        random -> {
          MemorySegment blank = memory(16);
          MemorySegment used = memory(16);
          scribble(used, 0, 4096, random);
          scribble(used, UNIT, 2048, random);
          scribble(used, UNIT + LOG - 512, 512, random);
          // A first word that is no magic number, so that it may be overwritten.
          used.set(ValueLayout.JAVA_LONG, 0, 1);
          return mkfs(blank, FormatOptions.ownedBy(OWNER), random)
              + mkfs(used, FormatOptions.ownedBy(OWNER), random);
        });
  }

  @Test
  void aVolumeIsMadeAnewOrNot() {
    seeded(
        "mkfs over a volume",
        1_500,
        random -> {
          FormatOptions force = FormatOptions.ownedBy(OWNER).withForce(true);
          return mkfs(filled(LOG, random), force, random)
              + mkfs(filled(2 * LOG, random), force, random)
              + mkfs(filled(LOG, random), force.withLogLength(2 * LOG), random);
        });
  }

  /// A volume of 32 MiB with some entries.
  private static MemorySegment filled(long logBytes, SplittableRandom random) throws Exception {
    MemorySegment media = memory(32);
    RecordingDevice device = new RecordingDevice(0, media, new ArrayList<>());
    Volume volume =
        Volume.format(List.of(device), FormatOptions.ownedBy(OWNER).withLogLength(logBytes));
    volume.mkdir("old", 0755, 0, 0);
    volume.mkdir("old/er", 0755, 0, 0);
    create(volume, "old/file", UNIT, random);
    return media;
  }

  private static int mkfs(MemorySegment media, FormatOptions options, SplittableRandom random)
      throws Exception {
    List<MemorySegment> before = CrashScenario.copies(List.of(media));
    List<StoreEvent> record = new ArrayList<>();
    List<RecordingDevice> devices = List.of(new RecordingDevice(0, media, record));
    VolumeSnapshot old = snapshot(before);
    VolumeSnapshot made = VolumeSnapshot.of(Volume.format(devices, options));
    record.add(new StoreEvent.Finished());
    int[] looks = {0};
    return CrashStates.check(
        before,
        record,
        random,
        RANDOM_STATES,
        (states, finished) -> {
          VolumeSnapshot found = open(states);
          if (finished > 0 || (found != null && !found.equals(old))) {
            assertEquals(made, found);
            long log = LogHeaderLayout.entryMediaOffset(0);
            MemorySegment entries = media.asSlice(log, UNIT + options.logLengthBytes() - log);
            assertEquals(
                -1, entries.mismatch(states.getFirst().memory().asSlice(log, entries.byteSize())));
          }
          if (looks[0]++ % 50 == 0) {
            VolumeSnapshot again =
                VolumeSnapshot.of(Volume.format(states, options.withForce(true)));
            assertEquals(made.usage(), again.usage());
          }
        });
  }

  private static @Nullable VolumeSnapshot snapshot(List<MemorySegment> media) throws Exception {
    return open(List.of(new UndoDevice(0, media.getFirst())));
  }

  /// What is on the media, null when there is no famfs. Anything but "no famfs" is a failure.
  private static @Nullable VolumeSnapshot open(List<UndoDevice> media) throws Exception {
    try {
      Volume volume = Volume.open(media, OpenOptions.forReading());
      assertEquals(List.of(), volume.report().faults());
      return VolumeSnapshot.of(volume);
    } catch (MediaException e) {
      assertEquals(Rule.SUPERBLOCK_MAGIC, e.fault().rule(), e.getMessage());
      return null;
    }
  }

  @Test
  void anAppendIsTwoSmallRangesTheEntryFirst() throws Exception {
    CrashScenario scenario = new CrashScenario(List.of(volume(16)));
    scenario.run(volume -> volume.mkdir("d", 0755, 0, 0));
    scenario.run(volume -> volume.mkdir("e", 0755, 0, 0));
    List<StoreEvent> record = scenario.record();
    int perAppend = record.size() / 2;
    for (int i = 0; i < 2; i++) {
      long entry = LogHeaderLayout.entryMediaOffset(i);
      long header = LogHeaderLayout.MEDIA_OFFSET;
      List<StoreEvent> append = record.subList(i * perAppend, (i + 1) * perAppend);
      List<String> calls = append.stream().map(CrashModelTest::call).toList();
      assertEquals(
          List.of(
              "store " + entry + "+544",
              "write back " + entry + "+544",
              "store " + (header + 32) + "+8",
              "store " + (header + 40) + "+8",
              "write back " + header + "+48",
              "finished"),
          calls);
      long writtenBack =
          append.stream()
              .mapToLong(event -> event instanceof WrittenBack range ? range.lengthBytes() : 0)
              .sum();
      assertTrue(writtenBack <= 640, writtenBack + " bytes");
    }
  }

  private static String call(StoreEvent event) {
    return switch (event) {
      case Stored stored -> "store " + stored.offset() + "+" + stored.lengthBytes();
      case WrittenBack range -> "write back " + range.offset() + "+" + range.lengthBytes();
      case StoreEvent.Finished _ -> "finished";
    };
  }

  @Test
  void dataIsWrittenBackBeforeTheEntryIsStored() throws Exception {
    CrashScenario scenario = new CrashScenario(List.of(volume(16)));
    scenario.run(volume -> create(volume, "f", UNIT, new SplittableRandom(1)));
    List<String> calls = scenario.record().stream().map(CrashModelTest::call).toList();
    int data = calls.indexOf("write back " + DATA + "+" + UNIT);
    int entry = calls.indexOf("store " + LogHeaderLayout.entryMediaOffset(0) + "+544");
    assertTrue(data >= 0 && data < entry, calls.toString());
  }

  /// The order of every single write-back of an append matters to the model.
  @Test
  void theModelFindsWhatAWrongOrderDoes() throws Exception {
    CrashScenario scenario = new CrashScenario(List.of(volume(16)));
    scenario.run(volume -> volume.mkdir("d", 0755, 0, 0));
    SplittableRandom random = new SplittableRandom(1);
    assertTrue(scenario.check(random, RANDOM_STATES) > 10);

    CrashScenario late = new CrashScenario(List.of(volume(16)));
    late.run(volume -> volume.mkdir("d", 0755, 0, 0));
    // The entry is written back behind the index only.
    late.record().add(4, late.record().remove(1));
    assertThrows(AssertionError.class, () -> late.check(random, RANDOM_STATES));

    CrashScenario never = new CrashScenario(List.of(volume(16)));
    never.run(volume -> volume.mkdir("d", 0755, 0, 0));
    // The index is not written back at all.
    never.record().remove(4);
    assertThrows(AssertionError.class, () -> never.check(random, RANDOM_STATES));
  }

  private static MemorySegment memory(int megabytes) {
    return Arena.ofAuto().allocate((long) megabytes << 20, 4096);
  }

  /// An empty volume whose free space is full of old data, as far as [VolumeSnapshot] looks.
  private static MemorySegment volume(int megabytes) throws Exception {
    return volume(megabytes, 128);
  }

  private static MemorySegment volume(int megabytes, int oldBytes) throws Exception {
    MemorySegment media = memory(megabytes);
    SplittableRandom random = new SplittableRandom(megabytes);
    for (long at = DATA; at < media.byteSize(); at += 1 << 20) {
      scribble(media, at, oldBytes, random);
      scribble(media, at + (1 << 20) - oldBytes, oldBytes, random);
    }
    List<RecordingDevice> devices = List.of(new RecordingDevice(0, media, new ArrayList<>()));
    Volume.format(devices, FormatOptions.ownedBy(OWNER)).close();
    return media;
  }

  private static void scribble(
      MemorySegment media, long offset, long lengthBytes, SplittableRandom random) {
    for (long at = offset; at < offset + lengthBytes; at += Long.BYTES) {
      media.set(RecordingDevice.WORD, at, random.nextLong());
    }
  }

  private static void create(Volume volume, String path, long sizeBytes, SplittableRandom random)
      throws Exception {
    try (FileCreation file = volume.create(path, sizeBytes, 0640, 1000, 1001)) {
      fill(volume, file, random);
      file.commit();
    }
  }

  private static void fill(Volume volume, FileCreation file, SplittableRandom random) {
    fill(volume, file.extents(), file.sizeBytes(), random);
  }

  /// Stores something where [VolumeSnapshot] looks.
  private static void fill(
      Volume volume, ExtentMap extents, long sizeBytes, SplittableRandom random) {
    ExtentCursor cursor = new ExtentCursor();
    byte[] data = Long.toHexString(random.nextLong()).getBytes(StandardCharsets.US_ASCII);
    for (long at = 0; at < sizeBytes; at += 1 << 20) {
      extents.resolve(at, data.length, cursor);
      volume
          .device(cursor.deviceIndex())
          .store(
              MemorySegment.ofArray(data).asSlice(0, Math.min(data.length, cursor.runBytes())),
              cursor.deviceOffset());
    }
  }
}
