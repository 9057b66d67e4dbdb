package io.famfs.store;

import static io.famfs.store.MediaEditor.DATA;
import static io.famfs.store.MediaEditor.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.store.NewFile.State;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class NewFileTest {
  private static final int UNITS = 24;
  private static final NewAttributes ATTRIBUTES = new NewAttributes(0100640, 1000, -2);

  private MediaEditor media;
  private Volume volume;

  @BeforeEach
  void makeVolume() throws Exception {
    media = MediaEditor.fresh((int) ((DATA + UNITS * UNIT) >> 20));
    media.memory().asSlice(DATA).fill((byte) 0x77);
    volume = media.open();
  }

  private NewFile make(String path) throws StoreException {
    NewFile file = volume.makeFile(path, ATTRIBUTES);
    file.lock();
    return file;
  }

  @Test
  void aNewFileIsSeenAtOnceAndGetsItsEntryWithWhatItHasThen() throws Exception {
    volume.mkdir("d", 0755, 0, 0);
    NewFile file = make("d/f");
    FileInode inode = file.inode();
    assertSame(inode, volume.namespace().find("d/f"));
    assertSame(inode, volume.namespace().inode(inode.nodeid()));
    assertSame(file, volume.newFile(inode));
    assertFalse(inode.isCommitted());
    assertEquals(State.MAKING, file.state());
    assertEquals(0, inode.sizeBytes());
    assertEquals(UNIT, inode.extents().mappedBytes());
    assertEquals(1, media.nextIndex());
    assertEquals(0, volume.usage().files());
    assertEquals(DATA + UNIT, volume.usage().usedBytes());
    file.resize(2 * UNIT + 3);
    assertZero(inode, 0, inode.extents().mappedBytes());
    fill(inode, UNIT, 100, 5);
    inode.setMode(0170600);
    inode.setOwner(7, 8);
    file.commit();
    file.commit();
    assertTrue(inode.isCommitted());
    assertEquals(State.COMMITTED, file.state());
    assertNull(volume.newFile(inode));
    assertEquals(3 * UNIT, inode.extents().mappedBytes());
    for (Volume seen : List.of(volume, media.open())) {
      FileInode found = (FileInode) seen.namespace().inode(inode.nodeid());
      assertNotNull(found);
      assertEquals("d/f", found.path());
      assertEquals(2 * UNIT + 3, found.sizeBytes());
      assertEquals(0600, found.mode());
      assertEquals(7, found.uid());
      assertEquals(8, found.gid());
      assertEquals(1, found.logIndex());
      assertEquals(inode.fmap(), found.fmap());
      assertEquals(1, found.extents().rangeCount());
      assertEquals(1, seen.usage().files());
      assertEquals(DATA + 3 * UNIT, seen.usage().usedBytes());
      assertTrue(seen.report().clean());
    }
    assertErrno(Errno.EPERM, () -> file.resize(1));
    assertThrows(IllegalStateException.class, file::abandon);
  }

  @Test
  void aFileThatIsGivenUpWasNever() throws Exception {
    NewFile file = make("f");
    FileInode inode = file.inode();
    file.resize(5 * UNIT);
    fill(inode, 0, 5 * UNIT, 9);
    assertErrno(Errno.EEXIST, () -> volume.makeFile("f", ATTRIBUTES));
    assertErrno(Errno.EEXIST, () -> volume.mkdir("f", 0755, 0, 0));
    assertErrno(Errno.EEXIST, () -> volume.create("f", 1, 0644, 0, 0));
    assertErrno(Errno.ENOTDIR, () -> volume.makeFile("f/g", ATTRIBUTES));
    file.abandon();
    file.abandon();
    assertEquals(State.ABANDONED, file.state());
    assertNull(volume.newFile(inode));
    assertNull(volume.namespace().find("f"));
    assertNull(volume.namespace().inode(inode.nodeid()));
    assertEquals(List.of(), volume.namespace().root().children());
    assertEquals(DATA, volume.usage().usedBytes());
    assertErrno(Errno.ENOENT, () -> file.resize(1));
    assertErrno(Errno.ENOENT, () -> file.reserve(1));
    assertErrno(Errno.ENOENT, file::commit);
    NewFile again = make("f");
    assertEquals(inode.nodeid(), again.inode().nodeid());
    assertNull(volume.newFile(inode));
    again.resize(5 * UNIT);
    assertZero(again.inode(), 0, 5 * UNIT);
    assertEquals(0, media.nextIndex());
  }

  @Test
  void whatIsCutOffComesBackAsZeros() throws Exception {
    NewFile file = make("f");
    file.resize(3 * UNIT);
    fill(file.inode(), 0, 3 * UNIT, 3);
    file.resize(10);
    file.resize(2 * UNIT + 1);
    assertZero(file.inode(), 10, 2 * UNIT + 1);
    assertEquals(3, at(file.inode(), 9));
    file.resize(0);
    file.resize(0);
    file.commit();
    assertEquals(UNIT, file.inode().extents().mappedBytes());
    assertEquals(DATA + UNIT, volume.usage().usedBytes());
    assertEquals(DATA + UNIT, media.open().usage().usedBytes());
  }

  @Test
  void whatAWindowLeavesBehindTheEndIsNotShown() throws Exception {
    NewFile file = make("f");
    file.resize(10);
    file.keepSpace();
    fill(file.inode(), 0, UNIT, 3);
    file.resize(20);
    assertZero(file.inode(), 10, 20);
    file.resize(15);
    file.resize(UNIT + 1);
    assertZero(file.inode(), 15, UNIT + 1);
  }

  @Test
  void spaceThatAWindowMayHaveMappedStaysTaken() throws Exception {
    NewFile gone = make("gone");
    gone.resize(3 * UNIT);
    gone.keepSpace();
    gone.abandon();
    assertNull(volume.namespace().find("gone"));
    assertEquals(DATA + 3 * UNIT, volume.usage().usedBytes());
    NewFile kept = make("kept");
    kept.reserve(4 * UNIT);
    kept.resize(1);
    kept.keepSpace();
    kept.commit();
    assertEquals(4 * UNIT, kept.inode().extents().mappedBytes());
    assertEquals(DATA + 7 * UNIT, volume.usage().usedBytes());
    assertEquals(DATA + 4 * UNIT, media.open().usage().usedBytes());
  }

  @Test
  void reservedSpaceIsZeroAndDoesNotChangeTheSize() throws Exception {
    NewFile file = make("f");
    file.reserve(6 * UNIT - 1);
    assertEquals(0, file.inode().sizeBytes());
    assertEquals(6 * UNIT, file.inode().extents().mappedBytes());
    assertZero(file.inode(), 0, 6 * UNIT);
    assertEquals(DATA + 6 * UNIT, volume.usage().usedBytes());
    file.resize(4 * UNIT);
    file.commit();
    assertEquals(4 * UNIT, file.inode().extents().mappedBytes());
    assertEquals(1, file.inode().extents().rangeCount());
    assertEquals(DATA + 4 * UNIT, volume.usage().usedBytes());
  }

  @Test
  void limitsHaveTheErrorNumbersOfLinux() throws Exception {
    NewFile file = make("f");
    file.resize(3);
    assertErrno(Errno.EINVAL, () -> file.resize(-1));
    assertErrno(Errno.EINVAL, () -> file.reserve(-1));
    assertErrno(Errno.EFBIG, () -> file.resize(Long.MAX_VALUE));
    assertErrno(Errno.EFBIG, () -> file.resize(DATA + UNITS * UNIT + 1));
    assertErrno(Errno.ENOSPC, () -> file.resize(UNITS * UNIT + 1));
    assertErrno(Errno.ENOSPC, () -> file.reserve(Long.MAX_VALUE));
    assertErrno(Errno.ENOSPC, () -> file.reserve(UNITS * UNIT + 1));
    assertEquals(3, file.inode().sizeBytes());
    assertEquals(UNIT, file.inode().extents().mappedBytes());
    assertEquals(DATA + UNIT, volume.usage().usedBytes());
    file.resize(UNITS * UNIT);
    assertErrno(Errno.ENOSPC, () -> volume.makeFile("g", ATTRIBUTES));
    assertErrno(Errno.ENOSPC, () -> volume.create("g", 1, 0644, 0, 0));
    file.commit();
    assertEquals(0, media.open().usage().freeBytes());
    assertErrno(Errno.ENOENT, () -> volume.makeFile("no/f", ATTRIBUTES));
    assertErrno(Errno.ENAMETOOLONG, () -> volume.makeFile("x".repeat(80), ATTRIBUTES));
    assertErrno(Errno.EINVAL, () -> volume.makeFile("..", ATTRIBUTES));
    assertErrno(
        Errno.EROFS,
        () ->
            Volume.open(List.of(media.device()), OpenOptions.forReading())
                .makeFile("g", ATTRIBUTES));
  }

  @Test
  void aNewFileHasItsSlotOfTheLog() throws Exception {
    for (int i = 0; i < 15_419; i++) {
      media.append(MediaEditor.mkdir("d" + i));
    }
    volume = media.open();
    NewFile file = make("f");
    assertErrno(Errno.ENOSPC, () -> volume.mkdir("e", 0755, 0, 0));
    assertErrno(Errno.ENOSPC, () -> volume.makeFile("e", ATTRIBUTES));
    file.commit();
    assertEquals(15_420, media.nextIndex());
    assertErrno(Errno.ENOSPC, () -> volume.makeFile("e", ATTRIBUTES));
  }

  @Test
  void closingCommitsWhatIsNew() throws Exception {
    NewFile file = make("f");
    file.resize(5);
    file.unlock();
    assertEquals(Map.of(), volume.commitNewFiles());
    assertTrue(file.inode().isCommitted());
    NewFile other = make("g");
    volume.close();
    assertTrue(other.inode().isCommitted());
    assertErrno(Errno.EBADF, () -> volume.makeFile("h", ATTRIBUTES));
    assertEquals(2, media.open().usage().files());
  }

  @Test
  void aFileThatCannotBeCommittedIsReportedAndGivenUpAtTheEnd() throws Exception {
    NewFile file = make("f");
    media.append(MediaEditor.mkdir("theirs"));
    Map<String, StoreException> failures = volume.commitNewFiles();
    assertEquals(List.of("f"), List.copyOf(failures.keySet()));
    assertEquals(State.MAKING, file.state());
    volume.close();
    assertEquals(State.ABANDONED, file.state());
    assertNull(media.open().namespace().find("f"));
  }

  private void fill(FileInode file, long from, long to, int value) {
    ExtentCursor cursor = new ExtentCursor();
    for (long at = from; at < to; at += cursor.runBytes()) {
      assertTrue(file.extents().resolve(at, to - at, cursor));
      memory(cursor).fill((byte) value);
    }
  }

  private int at(FileInode file, long offset) {
    ExtentCursor cursor = new ExtentCursor();
    assertTrue(file.extents().resolve(offset, 1, cursor));
    return memory(cursor).get(ValueLayout.JAVA_BYTE, 0);
  }

  private void assertZero(FileInode file, long from, long to) {
    ExtentCursor cursor = new ExtentCursor();
    for (long at = from; at < to; at += cursor.runBytes()) {
      assertTrue(file.extents().resolve(at, Math.min(to - at, UNIT), cursor));
      MemorySegment zeros = MemorySegment.ofArray(new byte[(int) cursor.runBytes()]);
      assertEquals(-1, memory(cursor).mismatch(zeros), "from byte " + at);
    }
  }

  private MemorySegment memory(ExtentCursor cursor) {
    return volume.memory(cursor.deviceIndex()).asSlice(cursor.deviceOffset(), cursor.runBytes());
  }

  private static void assertErrno(int errno, Executable call) {
    StoreException e = assertThrows(StoreException.class, call);
    assertEquals(errno, e.errno(), e.getMessage());
  }
}
