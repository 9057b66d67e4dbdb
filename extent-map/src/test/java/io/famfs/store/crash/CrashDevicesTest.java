package io.famfs.store.crash;

import static io.famfs.store.crash.CrashScenario.OWNER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.NewAttributes;
import io.famfs.store.OpenOptions;
import io.famfs.store.Placement;
import io.famfs.store.StoreException;
import io.famfs.store.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What a crash leaves of operations on several devices.
class CrashDevicesTest {
  private static final long UNIT = 2L << 20;
  private static final int RANDOM_STATES = 200;

  @Test
  void aFileOverTwoDevicesIsThereOrNot() throws Exception {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    List<MemorySegment> media = List.of(memory(24), memory(16));
    Volume.format(recording(media, new ArrayList<>()), FormatOptions.ownedBy(OWNER)).close();
    CrashScenario scenario = new CrashScenario(media);
    scenario.run(volume -> volume.mkdir("d", 0755, 0, 0));
    scenario.run(volume -> striped(volume, "d/striped"));
    scenario.run(volume -> striped(volume, "again"));
    int states = scenario.check(random, RANDOM_STATES);
    assertTrue(states > 300, states + " states, seed " + seed);
  }

  private static void striped(Volume volume, String path) throws StoreException {
    try (FileCreation file =
        volume.create(
            path, 2 * UNIT, new NewAttributes(0644, 0, 0), Placement.interleaved(UNIT, 2, 0, 1))) {
      file.commit();
    }
  }

  @Test
  void aDeviceIsAddedOrNot() throws Exception {
    List<MemorySegment> media = List.of(memory(16), memory(16));
    Volume.format(recording(media.subList(0, 1), new ArrayList<>()), FormatOptions.ownedBy(OWNER))
        .close();
    List<MemorySegment> before = CrashScenario.copies(media);
    List<StoreEvent> record = new ArrayList<>();
    List<RecordingDevice> devices = recording(media, record);
    try (Volume volume = Volume.open(devices.subList(0, 1), OpenOptions.forHost(OWNER))) {
      volume.addDevice(devices.get(1), false);
    }
    record.add(new StoreEvent.Finished());
    SplittableRandom random = new SplittableRandom(7);
    int states =
        CrashStates.check(
            before,
            record,
            random,
            RANDOM_STATES,
            (crashed, finished) -> {
              Volume alone = Volume.open(crashed.subList(0, 1), OpenOptions.forReading());
              assertEquals(List.of(), alone.report().faults());
              if (alone.deviceCount() == 2) {
                Volume both = Volume.open(crashed, OpenOptions.forReading());
                assertEquals(32L << 20, both.usage().totalBytes());
                assertTrue(!both.isMissing(1));
              } else {
                assertEquals(0, finished);
                // What was half added can be added: its space is nobody's.
                try (Volume volume =
                    Volume.open(crashed.subList(0, 1), OpenOptions.forHost(OWNER))) {
                  volume.addDevice(crashed.get(1), true);
                }
              }
            });
    assertTrue(states > 100, states + " states");
  }

  @Test
  void aVolumeOverTwoDevicesIsMadeOrNot() throws Exception {
    List<MemorySegment> media = List.of(memory(16), memory(16));
    List<MemorySegment> before = CrashScenario.copies(media);
    List<StoreEvent> record = new ArrayList<>();
    Volume.format(recording(media, record), FormatOptions.ownedBy(OWNER)).close();
    record.add(new StoreEvent.Finished());
    int states =
        CrashStates.check(
            before,
            record,
            new SplittableRandom(8),
            RANDOM_STATES,
            (crashed, finished) -> {
              try {
                Volume.open(crashed.subList(0, 1), OpenOptions.forReading());
              } catch (MediaException e) {
                assertEquals(0, finished);
                assertEquals(Rule.SUPERBLOCK_MAGIC, e.fault().rule());
                return;
              }
              Volume made = Volume.open(crashed, OpenOptions.forHost(OWNER));
              assertEquals(List.of(), made.report().faults());
              assertEquals(2, made.deviceCount());
              assertTrue(!made.isMissing(1));
              striped(made, "f");
              assertNotNull(made.namespace().find("f"));
            });
    assertTrue(states > 100, states + " states");
  }

  private static List<RecordingDevice> recording(
      List<MemorySegment> media, List<StoreEvent> record) {
    List<RecordingDevice> devices = new ArrayList<>();
    for (MemorySegment memory : media) {
      devices.add(new RecordingDevice(devices.size(), memory, record));
    }
    return devices;
  }

  private static MemorySegment memory(int megabytes) {
    return Arena.ofAuto().allocate((long) megabytes << 20, 4096);
  }
}
