package io.famfs.store;

import static io.famfs.store.MediaEditor.OWNER;
import static io.famfs.store.MediaEditor.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.store.namespace.FileInode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SeveralDevicesTest {
  private final TestDevice first = TestDevice.ofMegabytes(24);
  private final TestDevice second = TestDevice.ofMegabytes(16);
  private final TestDevice third = TestDevice.ofMegabytes(12);

  @Test
  void devicesAreGivenInAnyOrder() throws Exception {
    format(first, second, third);
    Volume volume = open(third, first, second);
    assertEquals(3, volume.deviceCount());
    assertEquals(
        List.of(first, second, third),
        List.of(volume.device(0), volume.device(1), volume.device(2)));
    assertTrue(volume.report().clean(), () -> volume.report().faults().toString());
    assertEquals((24L + 16 + 12) << 20, volume.usage().totalBytes());
    assertEquals((10L + 2 + 2) << 20, volume.usage().usedBytes());
    assertEquals(2, volume.usage().logEntriesUsed());
  }

  @Test
  void spaceIsTakenOnTheNextDeviceWhenOneIsFull() throws Exception {
    format(first, second);
    try (Volume volume = open(first, second)) {
      make(volume, "full", 14L << 20, Placement.contiguous());
      FileInode next = make(volume, "next", UNIT, Placement.contiguous());
      assertEquals(
          List.of(new DeviceRange(1, SuperblockLayout.AREA_BYTES, UNIT)), next.fmap().ranges());
    }
    Volume again = open(second, first);
    assertTrue(again.report().clean());
    assertNotNull(again.namespace().find("next"));
  }

  @Test
  void aFileIsStripedOverDevices() throws Exception {
    format(first, second, third);
    Volume volume = open(first, second, third);
    FileInode file = make(volume, "s", 3 * UNIT, Placement.interleaved(UNIT, 3, 0, 1));
    Fmap.Interleaved fmap = assertInstanceOf(Fmap.Interleaved.class, file.fmap());
    assertEquals(
        List.of(0, 1, 2), fmap.ranges().stream().map(DeviceRange::daxdevIndex).sorted().toList());
    StoreException refused =
        assertThrows(
            StoreException.class,
            () -> make(volume, "t", 4 * UNIT, Placement.interleaved(UNIT, 4, 0, 1)));
    assertEquals(Errno.EINVAL, refused.errno());
  }

  @Test
  void aDeviceIsAddedToAVolumeInUse() throws Exception {
    format(first);
    try (Volume volume = open(first)) {
      make(volume, "full", 14L << 20, Placement.contiguous());
      volume.addDevice(second, false);
      make(volume, "more", UNIT, Placement.contiguous());
      assertEquals(Errno.EEXIST, refusal(() -> volume.addDevice(second, false)).errno());
      assertEquals(
          Errno.ENOSPC, refusal(() -> volume.addDevice(TestDevice.ofMegabytes(2), false)).errno());
    }
    Volume again = open(first, second);
    assertTrue(again.report().clean());
    assertEquals(1, assertFile(again, "more").fmap().ranges().getFirst().daxdevIndex());
  }

  @Test
  void aDeviceOfTheVolumeIsNotAddedAgainEvenByForceOrWhenItCountsAsMissing() throws Exception {
    format(first, second);
    try (Volume whole = open(first, second)) {
      make(whole, "full", 14L << 20, Placement.contiguous());
      make(whole, "there", UNIT, Placement.contiguous());
      assertEquals(Errno.EBUSY, refusal(() -> whole.addDevice(second, true)).errno());
      assertEquals(Errno.EBUSY, refusal(() -> whole.addDevice(first, true)).errno());
    }
    try (Volume half = open(first)) {
      assertEquals(Errno.EBUSY, refusal(() -> half.addDevice(second, true)).errno());
    }
    Volume again = open(first, second);
    assertTrue(again.isReachable(assertFile(again, "there")));
  }

  @Test
  void filesOnAMissingDeviceCannotBeReachedAndOthersCan() throws Exception {
    format(first, second);
    try (Volume volume = open(first, second)) {
      make(volume, "here", 14L << 20, Placement.contiguous());
      make(volume, "there", UNIT, Placement.contiguous());
    }
    Volume half = open(first);
    assertEquals(2, half.deviceCount());
    assertTrue(half.isMissing(1));
    assertTrue(half.report().clean());
    CheckReport check = VolumeCheck.check(List.of(first));
    assertEquals(
        List.of(new CheckReport.Missing(1, half.deviceUuid(1), 16L << 20)), check.missing());
    assertTrue(half.isReachable(assertFile(half, "here")));
    assertFalse(half.isReachable(assertFile(half, "there")));
    assertEquals(24L << 20, half.usage().totalBytes());
    assertEquals(
        Errno.ENOSPC, refusal(() -> make(half, "new", UNIT, Placement.contiguous())).errno());
  }

  @Test
  void afterwardsTheMissingDeviceIsTakenAsItWas() throws Exception {
    format(first, second);
    try (Volume half = open(first)) {
      make(half, "made without", UNIT, Placement.contiguous());
    }
    Volume whole = open(first, second);
    assertTrue(whole.report().clean());
    assertNotNull(whole.namespace().find("made without"));
  }

  @Test
  void aFurtherDeviceAloneNamesItsPrimary() throws Exception {
    format(first, second);
    MediaException refused = assertThrows(MediaException.class, () -> open(second));
    assertEquals(Rule.NOT_PRIMARY, refused.fault().rule());
    String primary = open(first, second).deviceUuid(0).toString();
    assertTrue(refused.getMessage().contains(primary), refused.getMessage());
  }

  @Test
  void devicesThatDoNotBelongTogetherAreRefused() throws Exception {
    format(first, second);
    format(third);
    assertEquals(Errno.EINVAL, refusal(() -> open(first, third)).errno());
    TestDevice other = TestDevice.ofMegabytes(12);
    Volume.format(List.of(third, other), FormatOptions.ownedBy(OWNER).withForce(true)).close();
    assertEquals(Errno.EINVAL, refusal(() -> open(first, second, other)).errno());
    assertEquals(Errno.EINVAL, refusal(() -> open(second, other)).errno());
  }

  @Test
  void aDeviceInUseIsNotFormattedWithoutForce() throws Exception {
    format(first, second);
    assertEquals(
        Errno.EEXIST,
        refusal(() -> Volume.format(List.of(third, second), FormatOptions.ownedBy(OWNER))).errno());
    assertEquals(0, third.memory().get(ValueLayout.JAVA_LONG, 0));
  }

  @Test
  void theSuperblockOfAFurtherDeviceHasNoLog() throws Exception {
    format(first, second);
    assertEquals(SuperblockLayout.MAGIC, second.memory().get(ValueLayout.JAVA_LONG, 0));
    assertEquals(0, second.memory().get(ValueLayout.JAVA_LONG, 16));
    assertEquals(0, second.memory().get(ValueLayout.JAVA_LONG, 24));
    assertEquals(2, second.memory().get(ValueLayout.JAVA_INT, 104));
    assertEquals(-1, uuid(first, 48).mismatch(uuid(second, 48)));
    assertEquals(-1, uuid(first, 64).mismatch(uuid(second, 120)));
    assertNotEquals(-1, uuid(first, 64).mismatch(uuid(second, 64)));
  }

  private static MemorySegment uuid(TestDevice device, long at) {
    return device.memory().asSlice(at, 16);
  }

  private static FileInode assertFile(Volume volume, String path) {
    return assertInstanceOf(FileInode.class, volume.namespace().find(path));
  }

  private static StoreException refusal(Executable change) {
    return assertThrows(StoreException.class, change);
  }

  private static void format(TestDevice... devices) throws Exception {
    Volume.format(List.of(devices), FormatOptions.ownedBy(OWNER)).close();
  }

  private static Volume open(TestDevice... devices) throws Exception {
    return Volume.open(List.of(devices), OpenOptions.forHost(OWNER));
  }

  private static FileInode make(Volume volume, String path, long size, Placement placement)
      throws StoreException {
    try (FileCreation file = volume.create(path, size, new NewAttributes(0644, 0, 0), placement)) {
      return file.commit();
    }
  }
}
