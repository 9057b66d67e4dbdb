package io.famfs.store;

import static io.famfs.store.MediaEditor.DATA;
import static io.famfs.store.MediaEditor.UNIT;
import static io.famfs.store.MediaEditor.file;
import static io.famfs.store.MediaEditor.mkdir;
import static io.famfs.store.MediaEditor.units;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Entries and headers that the reference misreads, crashes on, or passes over.
class DamagedMediaTest {
  private MediaEditor media;

  @BeforeEach
  void makeVolume() throws Exception {
    media = MediaEditor.fresh(48);
  }

  @Test
  void aDamagedEntryIsLeftOutAndNothingIsAllocatedAnyMore() throws Exception {
    media
        .append(file("a", UNIT, units(0, 1)))
        .append(file("b", UNIT, units(1, 1)))
        .append(file("c", UNIT, units(2, 1)));
    media.entry(1).set(ValueLayout.JAVA_BYTE, 300, (byte) 1);
    Volume volume = assertFaults(Rule.ENTRY_CRC);
    assertNotNull(volume.namespace().find("a"));
    assertNull(volume.namespace().find("b"));
    assertNotNull(volume.namespace().find("c"));
    assertTrue(volume.report().spaceUnknown());
    assertEquals(0, volume.usage().freeBytes());
    StoreException e = assertThrows(StoreException.class, () -> volume.create("d", 1, 0644, 0, 0));
    assertEquals(Errno.ENOSPC, e.errno());
    assertTrue(e.getMessage().contains("damaged"));
    // A directory takes no space.
    volume.mkdir("dir", 0755, 0, 0);
    assertEquals(1, VolumeCheck.check(List.of(media.device())).counts().badEntries());
  }

  @Test
  void aTornTailLeavesTheRestUsable() throws Exception {
    media.append(mkdir("d")).append(file("d/a", UNIT, units(0, 1)));
    media.setNextIndex(3);
    Volume volume = assertFaults(Rule.ENTRY_SEQNUM);
    assertNotNull(volume.namespace().find("d/a"));
    assertEquals(1, volume.report().entriesLeftOut());
  }

  @Test
  void aSequenceNumberOfAnotherSlotIsAFault() throws Exception {
    media.append(mkdir("d"), entry -> entry.set(ValueLayout.JAVA_BYTE, 0, (byte) 9));
    assertFaults(Rule.ENTRY_SEQNUM);
  }

  @Test
  void theFirstOfTwoEqualPathsCounts() throws Exception {
    media.append(file("a", 1, units(0, 1))).append(file("a", 2, units(1, 2)));
    Volume volume = assertFaults(Rule.PATH_DUPLICATE);
    assertEquals(1, size(volume, "a"));
    assertEquals(2 * UNIT, volume.report().quarantinedBytes());
    try (FileCreation next = volume.create("b", 1, 0644, 0, 0)) {
      assertEquals(units(3, 1).offset(), offset(next));
    }
    media.append(mkdir("a"));
    assertFaults(Rule.PATH_DUPLICATE, Rule.PATH_DUPLICATE);
  }

  @Test
  void anEntryWithoutParentIsLeftOutWithItsChildren() throws Exception {
    media
        .append(file("x/a", UNIT, units(0, 1)))
        .append(mkdir("x/y"))
        .append(mkdir("x/y/z"))
        .append(mkdir("x"))
        .append(file("x/b", UNIT, units(1, 1)));
    Volume volume = assertFaults(Rule.PARENT_MISSING, Rule.PARENT_MISSING, Rule.PARENT_MISSING);
    assertNotNull(volume.namespace().find("x/b"));
    assertNull(volume.namespace().find("x/a"));
    assertEquals(UNIT, volume.report().quarantinedBytes());
  }

  @Test
  void aFileIsNobodysParent() throws Exception {
    media
        .append(file("f", UNIT, units(0, 1)))
        .append(mkdir("f/d"))
        .append(file("f/d/e", UNIT, units(1, 1)));
    assertFaults(Rule.PARENT_NOT_DIRECTORY, Rule.PARENT_NOT_DIRECTORY);
  }

  @Test
  void filesThatShareSpaceStayReadableAndAreReported() throws Exception {
    media.append(file("a", UNIT, units(0, 3))).append(file("b", UNIT, units(2, 3)));
    Volume volume = assertFaults(Rule.CROSS_LINK);
    assertNotNull(volume.namespace().find("a"));
    assertNotNull(volume.namespace().find("b"));
    assertEquals(1, volume.report().sharedUnits());
    assertEquals(0, volume.report().entriesLeftOut());
    assertEquals(DATA + 5 * UNIT, volume.usage().usedBytes());
    assertEquals(1, VolumeCheck.check(List.of(media.device())).counts().collisions());
  }

  @Test
  void pathsThatLeadOutsideAreLeftOut() throws Exception {
    media
        .append(mkdir("../x"))
        .append(file("/abs", UNIT, units(0, 1)))
        .append(mkdir("a//b"))
        .append(mkdir(""))
        .append(mkdir(".meta"))
        .append(mkdir("n"), entry -> entry.set(ValueLayout.JAVA_BYTE, 28, (byte) 0xff))
        .append(mkdir("x".repeat(80)));
    Volume volume =
        assertFaults(
            Rule.PATH_COMPONENT,
            Rule.PATH_ABSOLUTE,
            Rule.PATH_COMPONENT,
            Rule.PATH_EMPTY,
            Rule.PATH_META,
            Rule.PATH_ENCODING,
            Rule.PATH_UNTERMINATED);
    assertEquals(0, volume.namespace().root().childCount());
    assertEquals(UNIT, volume.report().quarantinedBytes());
  }

  @Test
  void mapsThatLeaveTheirPlaceAreLeftOutAndTheirSpaceIsKept() throws Exception {
    media
        .append(file("over-log", UNIT, new DeviceRange(0, 8L << 20, 2 * UNIT)))
        .append(file("behind", UNIT, new DeviceRange(0, 46L << 20, 2 * UNIT)))
        .append(file("nowhere", UNIT, new DeviceRange(0, 1L << 50, UNIT)))
        .append(file("odd", UNIT, new DeviceRange(0, DATA + 4096, UNIT)))
        .append(file("elsewhere", UNIT, new DeviceRange(1, DATA, UNIT)))
        .append(file("short", 3 * UNIT, units(4, 1)))
        .append(file("negative", -1, units(5, 1)));
    Volume volume =
        assertFaults(
            Rule.EXTENT_RESERVED,
            Rule.EXTENT_BOUNDS,
            Rule.EXTENT_BOUNDS,
            Rule.EXTENT_ALIGNMENT,
            Rule.EXTENT_DEVICE,
            Rule.MAP_TOO_SHORT,
            Rule.FILE_SIZE);
    assertFalse(volume.report().spaceUnknown());
    // Units 0 (over-log, odd), 1 (odd), 4, 5 and the last one of the device.
    assertEquals(5 * UNIT, volume.report().quarantinedBytes());
    try (FileCreation next = volume.create("new", 1, 0644, 0, 0)) {
      assertEquals(units(2, 1).offset(), offset(next));
    }
  }

  @Test
  void mapsThatAreNoMapsMakeSpaceUnknown() throws Exception {
    media.append(
        file("a", UNIT, units(0, 1)), entry -> entry.set(ValueLayout.JAVA_BYTE, 128, (byte) 17));
    assertTrue(assertFaults(Rule.EXTENT_COUNT).report().spaceUnknown());
  }

  @Test
  void entriesOfUnknownTypeMakeSpaceUnknown() throws Exception {
    media.append(new LogEntry.UnknownEntry(0, 0, 2, "00".repeat(520)));
    assertTrue(assertFaults(Rule.ENTRY_TYPE).report().spaceUnknown());
  }

  @Test
  void devicesAreAddedInOrderAndOnce() throws Exception {
    UUID second = new UUID(5, 6);
    media
        .append(new LogEntry.AddDaxdevEntry(0, 0, 1 << 30, second, 1))
        .append(new LogEntry.AddDaxdevEntry(0, 0, 1 << 30, new UUID(5, 7), 1))
        .append(new LogEntry.AddDaxdevEntry(0, 0, 1 << 30, second, 2))
        .append(new LogEntry.AddDaxdevEntry(0, 0, 1 << 30, new UUID(5, 8), 2));
    Volume volume = assertFaults(Rule.DAXDEV_ORDER, Rule.DAXDEV_ORDER);
    assertFalse(volume.report().spaceUnknown());
  }

  @Test
  void anExtentMayOnlyNameADeviceThatTheLogHasAddedBefore() throws Exception {
    DeviceRange elsewhere = new DeviceRange(1, UNIT, UNIT);
    media
        .append(file("early", UNIT, elsewhere))
        .append(new LogEntry.AddDaxdevEntry(0, 0, 8 * UNIT, new UUID(5, 6), 1))
        .append(file("late", UNIT, elsewhere))
        .append(file("beyond", UNIT, new DeviceRange(1, 8 * UNIT, UNIT)))
        .append(file("shared", UNIT, new DeviceRange(1, 0, UNIT)))
        .append(new LogEntry.AddDaxdevEntry(0, 0, UNIT, new UUID(5, 7), 2));
    Volume volume =
        assertFaults(
            Rule.EXTENT_DEVICE, Rule.EXTENT_BOUNDS, Rule.EXTENT_RESERVED, Rule.DAXDEV_SIZE);
    FileInode late = assertInstanceOf(FileInode.class, volume.namespace().find("late"));
    assertEquals(List.of(elsewhere), late.fmap().ranges());
  }

  @Test
  void aSequenceNumberThatDoesNotGoWithTheIndexIsReported() throws Exception {
    media.append(mkdir("d"));
    media
        .memory()
        .set(
            ValueLayout.JAVA_BYTE,
            LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.NEXT_SEQNUM_AT,
            (byte) 9);
    Volume volume = assertFaults(Rule.LOG_NEXT_SEQNUM);
    volume.mkdir("e", 0755, 0, 0);
    assertTrue(media.open().report().clean());
  }

  @Test
  void headersThatAreWrongAreRefusedByName() throws Exception {
    long header = LogHeaderLayout.MEDIA_OFFSET;
    assertRefused(Rule.LOG_NEXT_INDEX, header + 41, (byte) 0x70, false);
    assertRefused(Rule.LOG_LAST_INDEX, header + 16, (byte) 1, true);
    assertRefused(Rule.LOG_HEADER_LENGTH, header + 8, (byte) 1, true);
    assertRefused(Rule.LOG_CRC, header + 24, (byte) 1, false);
    assertRefused(Rule.LOG_MAGIC, header, (byte) 1, false);
    assertRefused(Rule.DEVICE_SIZE, 119, (byte) 0x40, false);
    assertRefused(Rule.LOG_LENGTH, 24, (byte) 1, true);
    assertRefused(Rule.LOG_OFFSET, 16, (byte) 1, true);
    assertRefused(Rule.OMF_VERSION, 40, (byte) 3, true);
    assertRefused(Rule.ALLOC_UNIT, 32, (byte) 1, true);
    assertRefused(Rule.SUPERBLOCK_CRC, 48, (byte) 0x55, false);
    assertRefused(Rule.SUPERBLOCK_VERSION, 8, (byte) 49, true);
    assertRefused(Rule.SUPERBLOCK_MAGIC, 0, (byte) 0, false);
  }

  private void assertRefused(Rule rule, long at, byte value, boolean seal) throws Exception {
    makeVolume();
    media.memory().set(ValueLayout.JAVA_BYTE, at, value);
    if (seal) {
      media.sealSuperblock();
      media.sealLogHeader();
    }
    MediaException e = assertThrows(MediaException.class, () -> media.open());
    assertEquals(rule, e.fault().rule());
    CheckReport report = VolumeCheck.check(List.of(media.device()));
    assertEquals(List.of(e.fault()), report.faults());
    assertNull(report.usage());
  }

  @Test
  void aDeviceTooSmallForAnythingIsRefused() {
    TestDevice tiny = TestDevice.ofMegabytes(1);
    MediaException e =
        assertThrows(
            MediaException.class, () -> Volume.open(List.of(tiny), OpenOptions.forReading()));
    assertEquals(Rule.DEVICE_TOO_SMALL, e.fault().rule());
    assertEquals(1, VolumeCheck.check(List.of(tiny)).faultCount());
  }

  @Test
  void theFormerVersionIsReadButNotWritten() throws Exception {
    media.append(mkdir("d"));
    media.memory().set(ValueLayout.JAVA_BYTE, 8, (byte) 47);
    media.memory().set(ValueLayout.JAVA_BYTE, 44, (byte) 1);
    media.sealSuperblock();
    Volume volume = media.open();
    assertNotNull(volume.namespace().find("d"));
    assertFalse(volume.canCreate());
    StoreException e = assertThrows(StoreException.class, () -> volume.mkdir("e", 0755, 0, 0));
    assertEquals(Errno.EROFS, e.errno());
    media.memory().set(ValueLayout.JAVA_BYTE, 40, (byte) 1);
    media.sealSuperblock();
    assertThrows(MediaException.class, () -> media.open());
  }

  @Test
  void aVolumeOfSmallUnitsIsReadButNotWritten() throws Exception {
    media.append(file("a", 4096, new DeviceRange(0, DATA + 4096, 4096)));
    media.memory().set(ValueLayout.JAVA_LONG_UNALIGNED, 32, 4096);
    media.sealSuperblock();
    Volume volume = media.open();
    assertTrue(volume.report().clean());
    assertEquals(4096, size(volume, "a"));
    assertEquals(DATA + 4096, volume.usage().usedBytes());
    assertFalse(volume.canCreate());
  }

  private Volume assertFaults(Rule... rules) throws Exception {
    Volume volume = media.open();
    assertEquals(List.of(rules), volume.report().faults().stream().map(MediaFault::rule).toList());
    CheckReport report = VolumeCheck.check(List.of(media.device()));
    assertEquals(volume.report().faults(), report.faults());
    assertFalse(report.clean());
    return volume;
  }

  private static long size(Volume volume, String path) {
    Inode inode = volume.namespace().find(path);
    return assertInstanceOf(FileInode.class, inode).sizeBytes();
  }

  private static long offset(FileCreation creation) {
    var cursor = new ExtentCursor();
    assertTrue(creation.extents().resolve(0, 1, cursor));
    return cursor.deviceOffset();
  }
}
