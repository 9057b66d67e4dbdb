package io.famfs.store.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.MemoryRange;
import io.famfs.store.health.BadRangeFiles.Remembered;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BadRangeFilesTest {
  private static final String UUID_TEXT = "123e4567-e89b-12d3-a456-426614174000";
  private static final UUID DEVICE = UUID.fromString(UUID_TEXT);
  private static final String HEAD = "famfs bad memory 1\ndevice " + UUID_TEXT + "\n";

  @TempDir Path directory;
  private Path below = Path.of("");
  private BadRangeFiles files = new BadRangeFiles(below);

  @BeforeEach
  void makeFiles() {
    below = directory.resolve("state/famfs");
    files = new BadRangeFiles(below);
  }

  private static RangeSet set(long... offsetsAndLengths) {
    List<MemoryRange> ranges = new ArrayList<>();
    for (int i = 0; i < offsetsAndLengths.length; i += 2) {
      ranges.add(new MemoryRange(offsetsAndLengths[i], offsetsAndLengths[i + 1]));
    }
    return RangeSet.of(ranges);
  }

  @Test
  void whatIsWrittenIsReadAndLooksAsDescribed() throws IOException {
    assertEquals(Remembered.NOTHING, files.read(DEVICE));
    assertNull(files.stamp(DEVICE));
    Remembered remembered = new Remembered(set(2 << 20, 4096), set(0, 512, 8192, 4096));
    assertEquals(remembered, files.change(DEVICE, _ -> remembered));
    assertEquals(
        HEAD + "fault 2097152 4096\nmanual 0 512\nmanual 8192 4096\n",
        Files.readString(files.file(DEVICE)));
    assertEquals(remembered, new BadRangeFiles(below).read(DEVICE));
    BadRangeFiles.Stamp stamp = files.stamp(DEVICE);
    files.change(DEVICE, old -> old);
    assertEquals(stamp, files.stamp(DEVICE), "nothing changed");
    files.change(DEVICE, old -> new Remembered(old.fault(), set(0, 511)));
    assertNotEquals(stamp, files.stamp(DEVICE));
    files.change(DEVICE, _ -> Remembered.NOTHING);
    assertFalse(Files.exists(files.file(DEVICE)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "famfs bad memory 2\n",
        "famfs bad memory 1\n",
        "famfs bad memory 1\ndevice 123e4567-e89b-12d3-a456-426614174001\n",
        HEAD + "\n",
        HEAD + "fault 1\n",
        HEAD + "gone 1 2\n",
        HEAD + "fault 1 0\n",
        HEAD + "fault -1 5\n",
        HEAD + "fault 1 5 6\n",
        HEAD + "fault 0x10 5\n",
        HEAD + "manual 9223372036854775807 1\n",
        HEAD + "manual 99999999999999999999 1\n"
      })
  void otherContentIsRefusedAndLeftAlone(String content) throws IOException {
    Files.createDirectories(below);
    Files.writeString(files.file(DEVICE), content);
    IOException refused = assertThrows(IOException.class, () -> files.read(DEVICE));
    assertTrue(
        Objects.requireNonNull(refused.getMessage()).contains(", line "), refused.getMessage());
    assertThrows(IOException.class, () -> files.change(DEVICE, _ -> Remembered.NOTHING));
    assertEquals(content, Files.readString(files.file(DEVICE)));
  }

  @Test
  void aLongFileOrALinkIsRefused() throws IOException {
    Files.createDirectories(below);
    Files.writeString(files.file(DEVICE), HEAD + "fault 1 1\n".repeat(200_000));
    assertThrows(IOException.class, () -> files.read(DEVICE));
    Files.writeString(files.file(DEVICE), HEAD + "fault 1 1\n".repeat(20_000));
    assertThrows(IOException.class, () -> files.read(DEVICE));
    Files.delete(files.file(DEVICE));
    Files.createSymbolicLink(files.file(DEVICE), directory.resolve("elsewhere"));
    assertThrows(IOException.class, () -> files.read(DEVICE));
  }

  @Test
  void tooManyRangesAreRefused() throws IOException {
    List<MemoryRange> many = new ArrayList<>();
    for (int i = 0; i <= BadRangeFiles.MAX_RANGES; i++) {
      many.add(new MemoryRange(8192L * i, 4096));
    }
    Remembered remembered = new Remembered(RangeSet.of(many), RangeSet.EMPTY);
    assertThrows(IOException.class, () -> files.change(DEVICE, _ -> remembered));
    assertFalse(Files.exists(files.file(DEVICE)));
  }

  @Test
  void changesOfManyAreAllKept() throws Exception {
    int threads = 4;
    int each = 25;
    List<Callable<Void>> work = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      long start = t * 1_000_000L;
      work.add(() -> {
        BadRangeFiles own = new BadRangeFiles(below);
        for (int i = 0; i < each; i++) {
          RangeSet more = set(start + 8192L * i, 4096);
          own.change(DEVICE, old -> new Remembered(old.fault(), old.manual().union(more)));
        }
        return null;
      });
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (Future<Void> result : pool.invokeAll(work)) {
        result.get();
      }
    }
    assertEquals(threads * each, files.read(DEVICE).manual().count());
  }
}
