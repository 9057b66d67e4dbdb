package io.famfs.store;

import static io.famfs.store.MediaEditor.UNIT;
import static io.famfs.store.MediaEditor.file;
import static io.famfs.store.MediaEditor.mkdir;
import static io.famfs.store.MediaEditor.units;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a reader sees while somebody else writes the log.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class FollowTest {
  private final AtomicLong nanos = new AtomicLong();
  private MediaEditor media;
  private Volume reader;

  @BeforeEach
  void makeVolume() throws Exception {
    media = MediaEditor.fresh(64);
    media.append(mkdir("old"));
    reader = openReader();
  }

  private Volume openReader() throws Exception {
    return Volume.open(List.of(media.device().readOnly()), OpenOptions.forReading(), nanos::get);
  }

  @Test
  void whatAnotherProgramMakesBecomesVisible() throws Exception {
    Volume writer = media.open();
    assertStatus(FollowState.CURRENT, 1, 0);
    writer.mkdir("old/d", 0750, 3, 4);
    try (FileCreation made = writer.create("old/d/f", UNIT + 1, 0640, 5, 6)) {
      made.commit();
    }
    assertNull(reader.namespace().find("old/d"));
    assertStatus(FollowState.CURRENT, 3, 0);
    Inode theirs = find(writer, "old/d/f");
    Inode ours = find(reader, "old/d/f");
    assertEquals(theirs.nodeid(), ours.nodeid());
    assertEquals(theirs.sizeBytes(), ours.sizeBytes());
    assertEquals(0640, ours.mode());
    assertEquals(writer.usage(), reader.usage());
    assertTrue(reader.report().clean());
    // More than one block at once.
    for (int i = 0; i < 300; i++) {
      writer.mkdir("old/d/" + i, 0700, 0, 0);
    }
    assertStatus(FollowState.CURRENT, 303, 0);
    assertEquals(301, ((DirectoryInode) find(reader, "old/d")).childCount());
  }

  @Test
  void anEntryThatIsNotThereYetIsWaitedFor() throws Exception {
    media.append(file("a", 1, units(0, 1))).append(file("b", 1, units(1, 1)));
    MemorySegment entry = media.entry(1);
    byte[] whole = entry.toArray(ValueLayout.JAVA_BYTE);
    // Nothing, the old slot's bytes, all but the last line.
    for (int visible : new int[] {0, 100, 512, 535}) {
      entry.fill((byte) 0);
      MemorySegment.copy(whole, 0, entry, ValueLayout.JAVA_BYTE, 0, visible);
      assertStatus(FollowState.WAITING, 1, 2);
      assertTrue(reader.report().clean());
      assertTrue(reader.report().following().reason().contains("entry 1"));
      assertNull(reader.namespace().find("b"));
    }
    MemorySegment.copy(whole, 0, entry, ValueLayout.JAVA_BYTE, 0, whole.length);
    assertStatus(FollowState.CURRENT, 3, 0);
    assertNotNull(reader.namespace().find("a"));
    assertNotNull(reader.namespace().find("b"));
    assertFalse(reader.report().spaceUnknown());
  }

  @Test
  void anEntryThatStaysIncompleteIsLeftOutAfterASecond() throws Exception {
    media
        .append(file("a", 1, units(0, 1)))
        .append(file("b", 1, units(1, 1)))
        .append(file("c", 1, units(2, 1)))
        .append(file("d", 1, units(3, 1)));
    damage(1);
    damage(3);
    for (int look = 0; look < 3 * LogFollower.GRACE_LOOKS; look++) {
      assertStatus(FollowState.WAITING, 1, 4);
    }
    nanos.addAndGet(LogFollower.GRACE.toNanos() - 1);
    assertStatus(FollowState.WAITING, 1, 4);
    nanos.incrementAndGet();
    assertStatus(FollowState.CURRENT, 5, 0);
    assertRules(Rule.ENTRY_CRC, Rule.ENTRY_CRC);
    assertEquals(2, reader.report().entriesLeftOut());
    assertTrue(reader.report().spaceUnknown());
    assertNull(reader.namespace().find("a"));
    assertNotNull(reader.namespace().find("b"));
    assertNotNull(reader.namespace().find("d"));
    // One that comes later has a time of its own.
    media.append(mkdir("e"));
    damage(5);
    assertStatus(FollowState.WAITING, 5, 1);
  }

  @Test
  void timeAloneDoesNotEndTheWaiting() {
    media.append(mkdir("a"));
    damage(1);
    for (int look = 1; look < LogFollower.GRACE_LOOKS; look++) {
      assertStatus(FollowState.WAITING, 1, 1);
      nanos.addAndGet(LogFollower.GRACE.toNanos());
    }
    assertStatus(FollowState.CURRENT, 2, 0);
  }

  @Test
  void theEndOfALogThatIsBeingWrittenIsNoFaultAtOpening() throws Exception {
    media.append(mkdir("a")).append(mkdir("b")).append(mkdir("c"));
    damage(1);
    damage(3);
    reader = openReader();
    // Entry 1 has whole ones behind it.
    assertRules(Rule.ENTRY_CRC);
    assertEquals(
        new FollowStatus(FollowState.WAITING, 3, 1, "entry 3 is not complete yet"),
        reader.followStatus());
    assertNotNull(reader.namespace().find("b"));
    damage(3);
    assertStatus(FollowState.CURRENT, 4, 0);
    assertNotNull(reader.namespace().find("c"));
    assertRules(Rule.ENTRY_CRC);
    // For its only writer, and for a check, it is one.
    damage(3);
    assertEquals(2, media.open().report().faultCount());
    assertEquals(2, VolumeCheck.check(List.of(media.device())).faultCount());
  }

  @Test
  void anotherFileSystemOnTheDeviceIsNeverMixedIn() throws Exception {
    Volume.format(List.of(media.device()), FormatOptions.ownedBy(MediaEditor.OWNER).withForce(true))
        .close();
    media.append(mkdir("x")).append(mkdir("y")).append(mkdir("z"));
    assertStatus(FollowState.VOLUME_REPLACED, 1, 0);
    media.append(mkdir("more"));
    assertStatus(FollowState.VOLUME_REPLACED, 1, 0);
    assertNotNull(reader.namespace().find("old"));
    assertEquals(1, reader.namespace().root().childCount());
    assertEquals(FollowState.VOLUME_REPLACED, reader.report().following().state());
    assertTrue(reader.report().following().reason().contains("open the volume anew"));
  }

  @Test
  void aNewFileSystemIsNoticedAlsoWhenItsLogIsAsLong() throws Exception {
    assertStatus(FollowState.CURRENT, 1, 0);
    Volume.format(List.of(media.device()), FormatOptions.ownedBy(MediaEditor.OWNER).withForce(true))
        .close();
    media.append(mkdir("x"));
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertStatus(FollowState.VOLUME_REPLACED, 1, 0);
  }

  @Test
  void aSuperblockMayBeIncompleteForAMoment() {
    media.append(mkdir("a"));
    byte before = media.memory().get(ValueLayout.JAVA_BYTE, 0);
    media.memory().set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
    assertStatus(FollowState.WAITING, 1, 0);
    media.memory().set(ValueLayout.JAVA_BYTE, 0, before);
    assertStatus(FollowState.CURRENT, 2, 0);
    media.append(mkdir("b"));
    media.memory().set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
    for (int look = 1; look < LogFollower.GRACE_LOOKS; look++) {
      assertStatus(FollowState.WAITING, 2, 0);
    }
    nanos.addAndGet(LogFollower.GRACE.toNanos());
    assertStatus(FollowState.VOLUME_REPLACED, 2, 0);
    assertNull(reader.namespace().find("b"));
  }

  @Test
  void aLogThatWasCutBackOrIsTooLongStops() throws Exception {
    media.setNextIndex(0);
    assertStatus(FollowState.LOG_CUT_BACK, 1, 0);
    assertNotNull(reader.namespace().find("old"));
    media.setNextIndex(1);
    assertStatus(FollowState.LOG_CUT_BACK, 1, 0);
    for (long next : new long[] {15_421, Long.MAX_VALUE}) {
      reader = openReader();
      media.setNextIndex(next);
      assertStatus(FollowState.LOG_DAMAGED, 1, 0);
      media.setNextIndex(1);
    }
    reader = openReader();
    media.setNextIndex(-1);
    assertStatus(FollowState.LOG_CUT_BACK, 1, 0);
  }

  @Test
  void entriesThatBreakARuleAreReportedAsAtOpening() throws Exception {
    media
        .append(file("x/a", 1, units(0, 1)))
        .append(file("b", 1, units(1, 1)))
        .append(file("b", 1, units(2, 1)));
    assertStatus(FollowState.CURRENT, 4, 0);
    assertRules(Rule.PARENT_MISSING, Rule.PATH_DUPLICATE);
    assertEquals(openReader().report().faults(), reader.report().faults());
    assertEquals(openReader().usage(), reader.usage());
  }

  @Test
  void theOneThatWritesTheLogNoticesAnother() throws Exception {
    Volume writer = media.open();
    writer.mkdir("mine", 0700, 0, 0);
    assertEquals(FollowState.CURRENT, writer.refresh().state());
    media.append(mkdir("theirs"));
    assertEquals(FollowState.WRITTEN_BY_ANOTHER, writer.refresh().state());
    assertNull(writer.namespace().find("theirs"));
  }

  @Test
  void memoryThatGoesAwayStops(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("device");
    TestDevice device = TestDevice.sparse(path, 64L << 20);
    Volume.format(List.of(device), FormatOptions.ownedBy(MediaEditor.OWNER)).close();
    Volume volume = Volume.open(List.of(device.readOnly()), OpenOptions.forReading());
    assertEquals(FollowState.CURRENT, volume.refresh().state());
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
    assertEquals(FollowState.DEVICE_UNREADABLE, volume.refresh().state());
    assertEquals(FollowState.DEVICE_UNREADABLE, volume.refresh().state());
  }

  @Test
  void aFollowerTellsWhatBecameVisibleInOrder() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    FollowListener listener =
        new FollowListener() {
          @Override
          public void added(Inode inode) {
            assertEquals(inode, reader.namespace().inode(inode.nodeid()));
            told.add(inode.path());
          }

          @Override
          public void changed(FollowStatus status) {
            told.add(status.state().label());
          }
        };
    Following following = reader.follow(listener);
    StoreException busy = assertThrows(StoreException.class, () -> reader.follow(listener));
    assertEquals(Errno.EBUSY, busy.errno());
    Volume writer = media.open();
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      made.add(writer.mkdir("d" + i, 0755, 0, 0).path());
      assertEquals(made.getLast(), told.poll(60, TimeUnit.SECONDS));
    }
    following.close();
    writer.mkdir("late", 0755, 0, 0);
    assertTrue(told.isEmpty());
    assertStatus(FollowState.CURRENT, 102, 0);
    assertEquals("late", told.take());
    reader.close();
    assertEquals("closed", told.take());
    assertStatus(FollowState.CLOSED, 102, 0);
  }

  @Test
  void closingTheVolumeEndsTheFollower() throws Exception {
    BlockingQueue<FollowStatus> told = new LinkedBlockingQueue<>();
    Following following =
        reader.follow(
            new FollowListener() {
              @Override
              public void changed(FollowStatus status) {
                told.add(status);
              }
            });
    reader.close();
    assertFalse(following.running());
    assertEquals(FollowState.CLOSED, following.status().state());
    assertEquals(FollowState.CLOSED, told.take().state());
  }

  @Test
  void aListenerThatThrowsStopsTheFollowerWithAReason() throws Exception {
    Following following =
        reader.follow(
            new FollowListener() {
              @Override
              public void added(Inode inode) {
                throw new IllegalStateException("no room");
              }
            });
    media.append(mkdir("a"));
    while (following.running()) {
      Thread.onSpinWait();
    }
    assertEquals(FollowState.LISTENER_FAILED, following.status().state());
    assertTrue(following.status().reason().contains("no room"));
    assertNotNull(reader.namespace().find("a"));
  }

  /// Damages an entry, or makes it whole again.
  private void damage(long index) {
    MemorySegment entry = media.entry(index);
    entry.set(ValueLayout.JAVA_BYTE, 500, (byte) (entry.get(ValueLayout.JAVA_BYTE, 500) ^ 1));
    assertTrue(media.nextIndex() > index);
    assertEquals(
        LogHeaderLayout.entryMediaOffset(index), entry.address() - media.memory().address());
  }

  private void assertStatus(FollowState state, long seen, long pending) {
    FollowStatus status = reader.refresh();
    assertEquals(state, status.state(), status.toString());
    assertEquals(seen, status.entriesSeen(), status.toString());
    assertEquals(pending, status.entriesPending(), status.toString());
    assertEquals(state == FollowState.CURRENT, status.reason().isEmpty());
  }

  private void assertRules(Rule... rules) {
    assertEquals(List.of(rules), reader.report().faults().stream().map(MediaFault::rule).toList());
  }

  private static Inode find(Volume volume, String path) {
    Inode inode = volume.namespace().find(path);
    assertNotNull(inode, path);
    return inode;
  }
}
