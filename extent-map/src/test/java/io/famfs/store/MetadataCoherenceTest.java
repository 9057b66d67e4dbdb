package io.famfs.store;

import static io.famfs.store.MediaEditor.DATA;
import static io.famfs.store.MediaEditor.OWNER;
import static io.famfs.store.MediaEditor.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.format.LogHeaderLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which ranges each operation drops and writes back, in which order, and where the stores that
/// publish something stand between them. This is all that other hosts get to see of a change on
/// memory that is not coherent.
class MetadataCoherenceTest {
  private static final long HEADER = 2L << 20;
  private static final String NEXT_SEQNUM = "store 2097184";
  private static final String NEXT_INDEX = "store 2097192";

  /// Keeps the calls that move lines, and the stores of single words.
  private static final class Recorder extends TestDevice {
    private final List<String> calls = new ArrayList<>();

    Recorder(TestDevice device) {
      super(device.memory(), true);
    }

    List<String> calls() {
      List<String> taken = List.copyOf(calls);
      calls.clear();
      return taken;
    }

    @Override
    public void writeBack(long offset, long lengthBytes) {
      calls.add(back(offset, lengthBytes));
      super.writeBack(offset, lengthBytes);
    }

    @Override
    public void invalidate(long offset, long lengthBytes) {
      calls.add(drop(offset, lengthBytes));
      super.invalidate(offset, lengthBytes);
    }

    @Override
    public void storeLong(long offset, long value) {
      calls.add("store " + offset);
      super.storeLong(offset, value);
    }
  }

  private static String back(long offset, long lengthBytes) {
    return "back " + offset + "+" + lengthBytes;
  }

  private static String drop(long offset, long lengthBytes) {
    return "drop " + offset + "+" + lengthBytes;
  }

  private static long entry(long index) {
    return LogHeaderLayout.entryMediaOffset(index);
  }

  private final Recorder device = new Recorder(TestDevice.ofMegabytes(24));

  private Volume volume() throws Exception {
    Volume volume = Volume.format(List.of(device), FormatOptions.ownedBy(OWNER));
    device.calls();
    return volume;
  }

  @Test
  void anAppendWritesBackTheEntryAndThenTheHeader() throws Exception {
    try (Volume volume = volume()) {
      for (int i = 0; i < 3; i++) {
        volume.mkdir("d" + i, 0755, 0, 0);
        assertEquals(
            List.of(
                drop(HEADER, 48), back(entry(i), 544), NEXT_SEQNUM, NEXT_INDEX, back(HEADER, 48)),
            device.calls());
      }
    }
  }

  @Test
  void aFileIsWrittenBackAsFarAsItHasSpaceBeforeItsEntry() throws Exception {
    try (Volume volume = volume()) {
      FileCreation file = volume.create("f", UNIT + 1, 0644, 0, 0);
      assertEquals(List.of(), device.calls());
      file.commit();
      assertEquals(
          List.of(
              back(DATA, 2 * UNIT),
              drop(HEADER, 48),
              back(entry(0), 544),
              NEXT_SEQNUM,
              NEXT_INDEX,
              back(HEADER, 48)),
          device.calls());
    }
  }

  @Test
  void openingDropsTheSuperblockThenTheHeaderThenTheEntriesInUse() throws Exception {
    try (Volume volume = volume()) {
      volume.mkdir("a", 0755, 0, 0);
      volume.mkdir("b", 0755, 0, 0);
    }
    device.calls();
    Volume.open(List.of(device), OpenOptions.forReading()).close();
    List<String> calls = device.calls();
    assertEquals(drop(0, 200), calls.getFirst());
    int header = calls.indexOf(drop(HEADER, 48));
    assertTrue(header > 0, calls.toString());
    assertEquals(drop(entry(0), 2 * 544), calls.getLast());
    assertTrue(calls.stream().allMatch(call -> call.startsWith("drop ")), calls.toString());
  }

  @Test
  void makingAVolumeDropsTheOldSuperblockAndWritesEverythingBackBeforeTheMagicNumber()
      throws Exception {
    volume().close();
    Volume.format(List.of(device), FormatOptions.ownedBy(OWNER).withForce(true)).close();
    List<String> calls = device.calls();
    List<String> writing =
        calls.subList(0, calls.lastIndexOf(back(0, 200)) + 1).stream()
            .filter(call -> !call.equals(drop(0, 200)))
            .toList();
    assertEquals(drop(0, 200), calls.getFirst());
    assertEquals(
        List.of(
            "store 0",
            back(0, 200),
            back(0, DATA),
            back(HEADER, 48),
            back(0, 200),
            "store 0",
            back(0, 200)),
        writing);
  }
}
