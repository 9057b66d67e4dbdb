package io.famfs.store;

import static io.famfs.store.MediaEditor.OWNER;
import static io.famfs.store.MediaEditor.UNIT;
import static io.famfs.store.MediaEditor.file;
import static io.famfs.store.RepairBench.FS;
import static io.famfs.store.RepairBench.OPTIONS;
import static io.famfs.store.RepairBench.repair;
import static io.famfs.store.RepairBench.seen;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.FormatVersion;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.store.RepairBench.Seen;
import io.famfs.store.repair.RepairPlan;
import io.famfs.store.repair.RepairPlanner;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Damage to superblock and log header.
class RepairHeadersTest {
  private MediaEditor media;
  private Map<String, Seen> before;
  private byte[] metadata;

  @BeforeEach
  void makeVolume() throws Exception {
    media = RepairBench.volume();
    before = seen(media.device());
    metadata = RepairBench.metadata(media);
  }

  private Superblock superblock() {
    return SuperblockCodec.decode(media.memory(), 0);
  }

  private void assertHopeless(String why) {
    byte[] damaged = RepairBench.metadata(media);
    RepairPlan plan = RepairPlanner.plan(List.of(media.device()), OPTIONS);
    assertTrue(plan.empty(), plan.actions().toString());
    assertEquals(1, plan.uncorrected().size());
    assertTrue(plan.uncorrected().getFirst().contains(why), plan.uncorrected().getFirst());
    assertArrayEquals(damaged, RepairBench.metadata(media));
  }

  @Test
  void oneDamagedByteOfTheSuperblockIsRestored() throws Exception {
    for (int at = 0; at < 104; at++) {
      byte old = media.memory().get(ValueLayout.JAVA_BYTE, at);
      media.memory().set(ValueLayout.JAVA_BYTE, at, (byte) (old ^ 0x55));
      repair(media.device(), OPTIONS);
      assertArrayEquals(metadata, RepairBench.metadata(media), "byte " + at);
    }
  }

  @Test
  void aKilledSuperblockIsBroughtBack() throws Exception {
    media.memory().set(ValueLayout.JAVA_LONG, 0, 0);
    repair(media.device(), OPTIONS);
    assertArrayEquals(metadata, RepairBench.metadata(media));
  }

  @Test
  void aLostSuperblockIsMadeFromTheLog() throws Exception {
    media.memory().asSlice(0, 200).fill((byte) 0);
    repair(media.device(), OPTIONS);
    assertEquals(before, seen(media.device()));
    assertEquals(FS, superblock().fsUuid());
    assertEquals(OWNER, superblock().systemUuid());
    assertEquals(FormatVersion.CURRENT, superblock().version());
    assertEquals(64L << 20, superblock().deviceSizeBytes());
    assertEquals(8L << 20, superblock().logLengthBytes());
  }

  @Test
  void theUuidOfALostSuperblockCanBeGiven() throws Exception {
    UUID known = UUID.fromString("d99e127a-0000-4000-8000-000000000001");
    media.memory().asSlice(0, 200).fill((byte) 0xee);
    repair(media.device(), OPTIONS.withFsUuid(known));
    assertEquals(known, superblock().fsUuid());
    assertEquals(before, seen(media.device()));
  }

  @Test
  void fieldsThatCanBeBelievedAreKept() throws Exception {
    Superblock old = superblock();
    media.memory().set(ValueLayout.JAVA_LONG, 16, 0x1234567812345678L);
    media.memory().set(ValueLayout.JAVA_LONG, 24, 0x1234567812345678L);
    repair(media.device(), OPTIONS);
    assertEquals(old, superblock());
  }

  @Test
  void aWrongSizeOfTheDeviceIsCorrected() throws Exception {
    for (long size : new long[] {0, 1 << 20, 1L << 60, -1, 16L << 20}) {
      media.memory().set(ValueLayout.JAVA_LONG, 112, size);
      repair(media.device(), OPTIONS);
      assertArrayEquals(metadata, RepairBench.metadata(media));
    }
  }

  @Test
  void aTruncatedDeviceIsNotTakenForAWholeOne() throws Exception {
    media = MediaEditor.fresh(24);
    media.memory().set(ValueLayout.JAVA_LONG, 112, 1L << 40);
    assertHopeless("on a device of");
  }

  @Test
  void superblocksThatWereMeantAreLeftAlone() throws Exception {
    media.memory().set(ValueLayout.JAVA_LONG, 8, 49);
    media.sealSuperblock();
    assertHopeless("version 49");
    RepairBench.restore(media, metadata);
    media.memory().set(ValueLayout.JAVA_INT, 44, 3);
    media.sealSuperblock();
    assertHopeless("OMF 2.3");
    RepairBench.restore(media, metadata);
    media.memory().set(ValueLayout.JAVA_LONG, 32, 8192);
    media.sealSuperblock();
    assertHopeless("allocation unit");
  }

  @Test
  void anythingElseIsNoVolume() throws Exception {
    media.memory().asSlice(0, 200).fill((byte) 0);
    media.memory().asSlice(LogHeaderLayout.MEDIA_OFFSET, 48).fill((byte) 0);
    assertHopeless("neither a superblock nor a log header");
    media = new MediaEditor(TestDevice.ofMegabytes(1));
    RepairPlan plan = RepairPlanner.plan(List.of(media.device()), OPTIONS);
    assertTrue(plan.uncorrected().getFirst().contains("too few"));
  }

  @Test
  void aLostLogHeaderIsMadeFromSuperblockAndEntries() throws Exception {
    for (int fill : new int[] {0, 0x5a, 0xff}) {
      media.memory().asSlice(LogHeaderLayout.MEDIA_OFFSET, 48).fill((byte) fill);
      repair(media.device(), OPTIONS);
      assertArrayEquals(metadata, RepairBench.metadata(media));
    }
  }

  @Test
  void everyFieldOfTheLogHeaderIsCorrected() throws Exception {
    for (int at = 0; at < 48; at += 8) {
      for (long value : new long[] {0, 1, 77, 1L << 40, -1}) {
        media.memory().set(ValueLayout.JAVA_LONG, LogHeaderLayout.MEDIA_OFFSET + at, value);
        repair(media.device(), OPTIONS);
        assertEquals(before, seen(media.device()), at + " " + value);
        assertEquals(9, media.nextIndex());
      }
    }
  }

  @Test
  void lengthsThatDisagreeFollowTheOneThatCanBe() throws Exception {
    media.memory().set(ValueLayout.JAVA_LONG, LogHeaderLayout.MEDIA_OFFSET + 8, 16L << 20);
    media.sealLogHeader();
    repair(media.device(), OPTIONS);
    assertArrayEquals(metadata, RepairBench.metadata(media));
    media.memory().set(ValueLayout.JAVA_LONG, 24, 9L << 20);
    media.sealSuperblock();
    repair(media.device(), OPTIONS);
    assertEquals(before, seen(media.device()));
  }

  @Test
  void theFormerVersionIsRepairedAsWhatItIs() throws Exception {
    media.memory().set(ValueLayout.JAVA_BYTE, 8, (byte) 47);
    media.memory().set(ValueLayout.JAVA_BYTE, 44, (byte) 1);
    media.sealSuperblock();
    media.setNextIndex(12);
    repair(media.device(), OPTIONS);
    assertEquals(47, superblock().version().version());
    assertEquals(before, seen(media.device()));
  }

  @Test
  void smallUnitsAreRecognised() throws Exception {
    media = MediaEditor.fresh(24);
    media.append(file("a", 4096, new DeviceRange(0, MediaEditor.DATA + 4096, 4096)));
    media.append(file("b", UNIT, new DeviceRange(0, MediaEditor.DATA + 8192, UNIT)));
    media.memory().set(ValueLayout.JAVA_LONG, 32, 4096);
    media.sealSuperblock();
    before = seen(media.device());
    MemorySegment.copy(MemorySegment.ofArray(new byte[200]), 0, media.memory(), 0, 200);
    repair(media.device(), OPTIONS);
    assertEquals(4096, superblock().allocUnitBytes());
    assertEquals(before, seen(media.device()));
  }
}
