package io.famfs.store;

import static io.famfs.store.MediaEditor.DATA;
import static io.famfs.store.MediaEditor.OWNER;
import static io.famfs.store.MediaEditor.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.core.Role;
import io.famfs.core.format.MediaException;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class VolumeCreateTest {
  /// SipHash-2-4 of "alpha" with a key of zeros, without its lowest bit.
  private static final long PINNED_ALPHA = 7120425052011455629L;

  private MediaEditor media;
  private Volume volume;

  @BeforeEach
  void makeVolume() throws Exception {
    media = MediaEditor.fresh(32);
    volume = media.open();
  }

  @Test
  void aFileIsSeenWhenItIsCommittedAndKeepsItsIdentity() throws Exception {
    volume.mkdir("d", 01777, 7, 8);
    long nodeid;
    try (FileCreation file = volume.create("d/f", UNIT + 1, 04755, 1, -2)) {
      nodeid = file.nodeid();
      assertNull(volume.namespace().find("d/f"));
      assertNull(volume.namespace().inode(nodeid));
      assertEquals(DATA + 2 * UNIT, volume.usage().usedBytes());
      ExtentCursor cursor = new ExtentCursor();
      assertTrue(file.extents().resolve(UNIT, 1, cursor));
      volume
          .memory(cursor.deviceIndex())
          .set(ValueLayout.JAVA_BYTE, cursor.deviceOffset(), (byte) 42);
      FileInode made = file.commit();
      assertEquals(nodeid, made.nodeid());
    }
    for (Volume seen : List.of(volume, media.open())) {
      Inode inode = seen.namespace().inode(nodeid);
      assertNotNull(inode);
      assertEquals("d/f", inode.path());
      assertEquals(UNIT + 1, inode.sizeBytes());
      assertEquals(04755, inode.mode());
      assertEquals(1, inode.uid());
      assertEquals(-2, inode.gid());
      assertEquals(1, inode.logIndex());
      assertEquals(0, inode.mtimeNanos());
      assertEquals(1, seen.usage().files());
      assertEquals(1, seen.usage().directories());
      assertEquals(2, seen.usage().logEntriesUsed());
      assertTrue(seen.report().clean());
    }
    assertEquals((byte) 42, media.memory().get(ValueLayout.JAVA_BYTE, DATA + UNIT));
  }

  @Test
  void nodeidsFollowFromVolumeAndPathAlone() throws Exception {
    // Pinned: the number is known to clients that outlive this server.
    media.memory().set(ValueLayout.JAVA_LONG_UNALIGNED, 48, 0);
    media.memory().set(ValueLayout.JAVA_LONG_UNALIGNED, 56, 0);
    media.sealSuperblock();
    long first = media.open().mkdir("alpha", 0755, 0, 0).nodeid();
    assertEquals(PINNED_ALPHA, first);
    Inode again = media.open().namespace().find("alpha");
    assertNotNull(again);
    assertEquals(first, again.nodeid());
    assertEquals(Inode.ROOT_NODEID, volume.namespace().root().nodeid());
  }

  @Test
  void spaceOfAnAbandonedFileIsFreeAgain() throws Exception {
    long free = volume.usage().freeBytes();
    FileCreation file = volume.create("f", 3 * UNIT, 0644, 0, 0);
    assertEquals(free - 3 * UNIT, volume.usage().freeBytes());
    file.close();
    file.close();
    assertEquals(free, volume.usage().freeBytes());
    assertErrno(Errno.EBADF, file::commit);
    try (FileCreation again = volume.create("f", UNIT, 0644, 0, 0)) {
      again.commit();
      assertErrno(Errno.EBADF, again::commit);
    }
    assertEquals(free - UNIT, volume.usage().freeBytes());
  }

  @Test
  void newSpaceIsZeroAlsoBehindTheEnd() throws Exception {
    media.memory().asSlice(DATA).fill((byte) 0x77);
    try (FileCreation file = volume.create("f", UNIT + 5, 0644, 0, 0)) {
      MemorySegment space = media.memory().asSlice(DATA, 2 * UNIT);
      assertEquals(-1, space.mismatch(MemorySegment.ofArray(new byte[(int) (2 * UNIT)])));
      file.commit();
    }
  }

  @Test
  void anEmptyFileHasAnAllocationUnitAndIsThereAfterReopening() throws Exception {
    try (FileCreation creation = volume.create("empty", 0, 0644, 0, 0)) {
      creation.commit();
    }
    try (FileCreation creation = volume.create("next", 1, 0644, 0, 0)) {
      assertEquals(UNIT, creation.extents().mappedBytes());
    }
    FileInode found = (FileInode) media.open().namespace().find("empty");
    assertNotNull(found);
    assertEquals(0, found.sizeBytes());
    assertEquals(UNIT, found.extents().mappedBytes());
  }

  @Test
  void pathsAreCheckedBeforeAnythingIsTouched() throws Exception {
    try (FileCreation file = volume.create("file", 1, 0644, 0, 0)) {
      file.commit();
    }
    long usedBefore = volume.usage().usedBytes();
    assertErrno(Errno.EINVAL, () -> volume.create("", 1, 0644, 0, 0));
    assertErrno(Errno.EINVAL, () -> volume.create("/a", 1, 0644, 0, 0));
    assertErrno(Errno.EINVAL, () -> volume.create("a/../b", 1, 0644, 0, 0));
    assertErrno(Errno.EINVAL, () -> volume.create("./b", 1, 0644, 0, 0));
    assertErrno(Errno.EINVAL, () -> volume.create("b/", 1, 0644, 0, 0));
    assertErrno(Errno.EINVAL, () -> volume.create(".meta/x", 1, 0644, 0, 0));
    assertErrno(Errno.EINVAL, () -> volume.create("a\0b", 1, 0644, 0, 0));
    assertErrno(Errno.EINVAL, () -> volume.create("\udc00", 1, 0644, 0, 0));
    assertErrno(Errno.ENAMETOOLONG, () -> volume.create("x".repeat(80), 1, 0644, 0, 0));
    assertErrno(Errno.ENAMETOOLONG, () -> volume.mkdir("é".repeat(40), 0755, 0, 0));
    assertErrno(Errno.ENOENT, () -> volume.create("no/f", 1, 0644, 0, 0));
    assertErrno(Errno.ENOTDIR, () -> volume.create("file/f", 1, 0644, 0, 0));
    assertErrno(Errno.ENOTDIR, () -> volume.mkdir("file/f/g", 0755, 0, 0));
    assertErrno(Errno.EEXIST, () -> volume.create("file", 1, 0644, 0, 0));
    assertErrno(Errno.EEXIST, () -> volume.mkdir("file", 0755, 0, 0));
    assertErrno(Errno.EINVAL, () -> volume.create("f", -1, 0644, 0, 0));
    assertErrno(Errno.ENOSPC, () -> volume.create("f", Long.MAX_VALUE, 0644, 0, 0));
    assertErrno(Errno.ENOSPC, () -> volume.create("f", 23 << 20, 0644, 0, 0));
    assertEquals(usedBefore, volume.usage().usedBytes());
    assertEquals(1, media.nextIndex());
    volume.mkdir("x".repeat(79), 0755, 0, 0);
    assertTrue(media.open().report().clean());
  }

  @Test
  void aPathInTheMakingIsTaken() throws Exception {
    try (FileCreation file = volume.create("f", 1, 0644, 0, 0)) {
      assertErrno(Errno.EBUSY, () -> volume.create("f", 1, 0644, 0, 0));
      assertErrno(Errno.EBUSY, () -> volume.mkdir("f", 0755, 0, 0));
      file.commit();
    }
    assertErrno(Errno.EEXIST, () -> volume.mkdir("f", 0755, 0, 0));
  }

  @Test
  void aFullLogRefusesAndSaysSo() throws Exception {
    for (int i = 0; i < 15_419; i++) {
      media.append(MediaEditor.mkdir("d" + i));
    }
    Volume nearlyFull = media.open();
    FileCreation file = nearlyFull.create("f", 1, 0644, 0, 0);
    // The last slot belongs to the file in the making.
    StoreException e = assertErrno(Errno.ENOSPC, () -> nearlyFull.mkdir("e", 0755, 0, 0));
    assertTrue(e.getMessage().contains("log is full"));
    file.commit();
    assertErrno(Errno.ENOSPC, () -> nearlyFull.create("g", 1, 0644, 0, 0));
    assertEquals(15_420, media.nextIndex());
    assertTrue(media.open().report().clean());
    assertEquals(15_420, media.open().usage().logEntriesUsed());
  }

  @Test
  void onlyTheOwnerCreates() throws Exception {
    UUID other = new UUID(3, 4);
    Volume client = Volume.open(List.of(media.device()), OpenOptions.forHost(other));
    assertEquals(Role.CLIENT, client.role());
    StoreException e = assertErrno(Errno.EPERM, () -> client.mkdir("d", 0755, 0, 0));
    assertTrue(e.getMessage().contains(other.toString()));
    assertTrue(e.getMessage().contains(OWNER.toString()));
    assertEquals(Role.MASTER, volume.role());
    assertTrue(volume.canCreate());
    Volume reader = Volume.open(List.of(media.device()), new OpenOptions(OWNER, true));
    assertErrno(Errno.EROFS, () -> reader.mkdir("d", 0755, 0, 0));
    Volume readOnlyDevice =
        Volume.open(List.of(media.device().readOnly()), OpenOptions.forHost(OWNER));
    assertFalse(readOnlyDevice.canCreate());
    assertErrno(Errno.EROFS, () -> readOnlyDevice.mkdir("d", 0755, 0, 0));
  }

  @Test
  void aLogThatSomebodyElseWroteIsNotOverwritten() throws Exception {
    media.append(MediaEditor.mkdir("theirs"));
    assertErrno(Errno.EIO, () -> volume.mkdir("ours", 0755, 0, 0));
    assertErrno(Errno.EIO, () -> volume.mkdir("again", 0755, 0, 0));
    assertNotNull(media.open().namespace().find("theirs"));
  }

  @Test
  void aClosedVolumeCreatesNothing() throws Exception {
    FileCreation file = volume.create("f", 1, 0644, 0, 0);
    volume.close();
    assertErrno(Errno.EBADF, file::commit);
    assertErrno(Errno.EBADF, () -> volume.mkdir("d", 0755, 0, 0));
    assertEquals(DATA, volume.usage().usedBytes());
  }

  @Test
  void formatRefusesWhatItMustNotOverwriteOrCannotHold() throws Exception {
    FormatOptions options = FormatOptions.ownedBy(OWNER);
    TestDevice used = media.device();
    assertErrno(Errno.EEXIST, () -> Volume.format(List.of(used), options));
    used.memory().set(ValueLayout.JAVA_BYTE, 8, (byte) 99);
    assertErrno(Errno.EEXIST, () -> Volume.format(List.of(used), options));
    UUID before = formatted(used, options.withForce(true));
    assertNotEquals(before, formatted(used, options.withForce(true)));
    assertErrno(Errno.EROFS, () -> Volume.format(List.of(used.readOnly()), options));
    for (long length : new long[] {0, 4 << 20, 9 << 20, -1, Long.MIN_VALUE}) {
      assertErrno(
          Errno.EINVAL,
          () -> Volume.format(List.of(used), options.withForce(true).withLogLength(length)));
    }
    assertErrno(
        Errno.ENOSPC,
        () -> Volume.format(List.of(used), options.withForce(true).withLogLength(32 << 20)));
    TestDevice small = TestDevice.ofMegabytes(11);
    assertErrno(Errno.ENOSPC, () -> Volume.format(List.of(small), options));
    TestDevice enough = TestDevice.ofMegabytes(12);
    assertEquals(UNIT, Volume.format(List.of(enough), options).usage().freeBytes());
    assertErrno(Errno.EEXIST, () -> Volume.format(List.of(enough, used), options));
    assertErrno(Errno.EINVAL, () -> Volume.open(List.of(enough, used), OpenOptions.forReading()));
    assertErrno(Errno.EINVAL, () -> Volume.open(List.of(), OpenOptions.forReading()));
  }

  private static UUID formatted(TestDevice device, FormatOptions options) throws Exception {
    return Volume.format(List.of(device), options).superblock().fsUuid();
  }

  @Test
  void aFreshVolumeHasNothingOfTheOldOne() throws Exception {
    volume.mkdir("old", 0755, 0, 0);
    Volume fresh =
        Volume.format(
            List.of(media.device()),
            FormatOptions.ownedBy(OWNER).withForce(true).withLogLength(16 << 20));
    assertEquals(0, fresh.namespace().root().childCount());
    assertEquals(30_840, fresh.usage().logEntriesTotal());
    assertNull(media.open().namespace().find("old"));
  }

  private static StoreException assertErrno(int errno, Executable call) {
    StoreException e = assertThrows(StoreException.class, call);
    assertEquals(errno, e.errno(), e.getMessage());
    return e;
  }

  @Test
  void blankMemoryIsNotAVolume() {
    TestDevice blank = TestDevice.ofMegabytes(16);
    assertThrows(MediaException.class, () -> Volume.open(List.of(blank), OpenOptions.forReading()));
  }
}
