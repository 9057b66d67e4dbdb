package io.famfs.store.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.StoreException;
import io.famfs.store.Volume;
import io.famfs.store.crash.UndoDevice;
import io.famfs.store.judge.Verdict.Node;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Whatever is made in whatever order, what is on the media is legal by every rule of the document,
/// and the store reads from it the tree and the extents that are there.
class JudgedWorkloadTest {
  private static final UUID OWNER = UUID.fromString("59c2fdce-7db2-415f-bbfa-54ddb84d8138");
  private static final long UNIT = 2 << 20;
  private static final int OPERATIONS = 120;

  @Test
  void everythingThatIsWrittenIsLegal() {
    for (int round = 0; round < 4; round++) {
      long seed = new SplittableRandom().nextLong();
      try {
        assertTrue(workload(new SplittableRandom(seed)) > OPERATIONS / 2);
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static int workload(SplittableRandom random) throws Exception {
    UndoDevice device = new UndoDevice(0, Arena.ofAuto().allocate(160 << 20, 4096));
    List<UndoDevice> devices = List.of(device);
    Volume volume = Volume.format(devices, FormatOptions.ownedBy(OWNER));
    List<String> directories = new ArrayList<>(List.of(""));
    int made = 0;
    for (int i = 0; i < OPERATIONS; i++) {
      String path = directories.get(random.nextInt(directories.size())) + name(random, i);
      try {
        if (random.nextInt(3) == 0) {
          volume.mkdir(path, random.nextInt(), random.nextInt(), random.nextInt());
          directories.add(path + "/");
        } else {
          create(volume, path, random);
        }
        made++;
      } catch (StoreException e) {
        assertTrue(e.errno() > 0, "a path that is too long, or no space");
      }
      device.keep();
      if (i % 20 == 19) {
        Verdict verdict = JudgedVolume.assertFlawless(devices);
        assertEquals(verdict.nodes(), JudgedVolume.nodes(volume), "what the writer shows");
      }
      if (random.nextInt(30) == 0) {
        volume.close();
        volume = Volume.open(devices, OpenOptions.forHost(OWNER));
      }
    }
    List<Node> nodes = JudgedVolume.assertFlawless(devices).nodes();
    assertEquals(volume.usage().logEntriesUsed(), nodes.size());
    return made;
  }

  private static String name(SplittableRandom random, int number) {
    String[] shapes = {"f", "ein Name", "é", "\uD83D\uDE80", "x".repeat(40), "...", ".meta"};
    return shapes[random.nextInt(shapes.length)] + number;
  }

  private static void create(Volume volume, String path, SplittableRandom random)
      throws StoreException {
    long[] sizes = {0, 1, 4095, UNIT - 1, UNIT, UNIT + 1, 5 * UNIT, random.nextLong(8 * UNIT)};
    long size = sizes[random.nextInt(sizes.length)];
    try (FileCreation file =
        volume.create(path, size, random.nextInt(), random.nextInt(), random.nextInt())) {
      if (random.nextInt(5) > 0) {
        file.commit();
      }
    }
  }
}
