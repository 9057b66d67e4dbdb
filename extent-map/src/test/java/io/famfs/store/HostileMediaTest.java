package io.famfs.store;

import static io.famfs.store.MediaEditor.UNIT;
import static io.famfs.store.MediaEditor.file;
import static io.famfs.store.MediaEditor.mkdir;
import static io.famfs.store.MediaEditor.units;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry;
import io.famfs.store.HostileImage.Outcome;
import io.famfs.store.crash.UndoDevice;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A hundred thousand volumes with hostile metadata; [HostileImage] says what has to hold.
class HostileMediaTest {
  private static final int IMAGES = 100_000;

  @Test
  void whateverIsOnTheMediaItIsRefusedOrUsedSafely() throws Exception {
    MediaEditor media = volume();
    UndoDevice device = new UndoDevice(0, media.memory());
    int entries = (int) media.nextIndex();
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    SplittableRandom seeds = new SplittableRandom();
    for (int image = 0; image < IMAGES; image++) {
      long seed = seeds.nextLong();
      outcomes.merge(checkImage(device, entries, seed), 1, Integer::sum);
    }
    System.out.println("hostile media: " + outcomes);
    for (Outcome outcome : Outcome.values()) {
      assertTrue(outcomes.getOrDefault(outcome, 0) > IMAGES / 20, outcomes.toString());
    }
  }

  private static Outcome checkImage(UndoDevice device, int entries, long seed) {
    MediaMutator mutator = new MediaMutator(device, entries, new SplittableRandom(seed));
    List<String> mutations = mutator.mutate();
    try {
      return HostileImage.check(device);
    } catch (Exception | AssertionError e) {
      throw new AssertionError("image of seed " + seed + ": " + mutations, e);
    } finally {
      device.undo();
    }
  }

  /// A small volume with an entry of every shape.
  static MediaEditor volume() throws Exception {
    DeviceRange[] sixteen =
        IntStream.range(0, 16).mapToObj(i -> units(36 - 2 * i, 1)).toArray(DeviceRange[]::new);
    return MediaEditor.fresh(96)
        .append(mkdir("d"))
        .append(file("d/a", UNIT + 1, units(0, 2)))
        .append(
            file("d/b", 4 * UNIT, new Fmap.Interleaved(UNIT, List.of(units(2, 2), units(38, 2)))))
        .append(mkdir("d/e"))
        .append(file("d/e/c", 1, units(40, 1)))
        .append(file("sixteen", 16 * UNIT, sixteen))
        .append(new LogEntry.AddDaxdevEntry(0, 0, 16 * UNIT, new UUID(3, 4), 1))
        .append(file("d/e/far", UNIT, new DeviceRange(1, 2 * UNIT, UNIT)))
        .append(file("z", 0, units(41, 1)));
  }
}
