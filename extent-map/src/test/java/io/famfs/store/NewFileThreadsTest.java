package io.famfs.store;

import static io.famfs.store.MediaEditor.OWNER;
import static io.famfs.store.MediaEditor.UNIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Several threads with new files of one volume.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NewFileThreadsTest {
  private static final NewAttributes ATTRIBUTES = new NewAttributes(0644, 0, 0);
  private static final int MEGABYTES = 96;

  /// Where a thread waits on its way into the memory, once.
  private record Gate(CountDownLatch reached, CountDownLatch open) {
    Gate() {
      this(new CountDownLatch(1), new CountDownLatch(1));
    }

    void pass() {
      reached.countDown();
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /// A device at which zeroing and writing back can be held up.
  private static final class GatedDevice extends TestDevice {
    final AtomicReference<@Nullable Gate> zeroing = new AtomicReference<>();
    final AtomicReference<@Nullable Gate> writingBack = new AtomicReference<>();

    GatedDevice() {
      super(TestDevice.ofMegabytes(MEGABYTES).memory(), true);
    }

    @Override
    public void zero(long offset, long lengthBytes) {
      pass(zeroing);
      super.zero(offset, lengthBytes);
    }

    @Override
    public void writeBack(long offset, long lengthBytes) {
      if (lengthBytes >= UNIT) {
        pass(writingBack);
      }
      super.writeBack(offset, lengthBytes);
    }

    private static void pass(AtomicReference<@Nullable Gate> at) {
      Gate gate = at.getAndSet(null);
      if (gate != null) {
        gate.pass();
      }
    }
  }

  private GatedDevice device;
  private Volume volume;

  @BeforeEach
  void makeVolume() throws Exception {
    device = new GatedDevice();
    volume = Volume.format(List.of(device), FormatOptions.ownedBy(OWNER));
  }

  private FileInode whole(String path) throws StoreException {
    NewFile file = volume.makeFile(path, ATTRIBUTES);
    file.lock();
    try {
      file.resize(3 * UNIT);
      file.commit();
      return file.inode();
    } finally {
      file.unlock();
    }
  }

  /// While one writer is at zeroing or writing back, another one does all there is to do.
  @Test
  void writersOfTwoFilesDoNotWaitForEachOther() throws Exception {
    List<AtomicReference<@Nullable Gate>> places = List.of(device.zeroing, device.writingBack);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int i = 0; i < places.size(); i++) {
        Gate gate = new Gate();
        places.get(i).set(gate);
        String path = "slow" + i;
        Future<FileInode> slow = threads.submit(() -> whole(path));
        gate.reached().await();
        assertTrue(threads.submit(inode("quick" + i)).get().isCommitted());
        assertFalse(slow.isDone());
        gate.open().countDown();
        assertTrue(slow.get().isCommitted());
      }
    }
    assertEquals(4, volume.usage().files());
  }

  /// Whoever asks for the making of a file and gets none takes it to be in the log, or gone.
  @Test
  void aFileIsNewOrCommittedAtEveryMoment() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
      for (int i = 0; i < 600; i++) {
        if (i % 30 == 0) {
          makeVolume();
        }
        NewFile file = volume.makeFile("file" + i, ATTRIBUTES);
        CountDownLatch looking = new CountDownLatch(1);
        Future<Boolean> seen = threads.submit(() -> isCommittedWhenNotNew(file.inode(), looking));
        looking.await();
        file.lock();
        try {
          file.commit();
        } finally {
          file.unlock();
        }
        assertTrue(seen.get(), file.inode().path());
      }
    }
  }

  private boolean isCommittedWhenNotNew(FileInode file, CountDownLatch looking) {
    while (volume.newFile(file) != null) {
      looking.countDown();
    }
    return file.isCommitted();
  }

  private Callable<FileInode> inode(String path) {
    return () -> whole(path);
  }

  /// A file shows only what is zeroed already.
  @Test
  void spaceIsShownAfterItIsZeroed() throws Exception {
    device.memory().asSlice(10 << 20).fill((byte) 0x77);
    NewFile file = volume.makeFile("f", ATTRIBUTES);
    Gate gate = new Gate();
    device.zeroing.set(gate);
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> growing =
          threads.submit(() -> {
            file.lock();
            try {
              file.resize(5 * UNIT);
            } finally {
              file.unlock();
            }
            return null;
          });
      gate.reached().await();
      assertEquals(0, file.inode().sizeBytes());
      assertEquals(UNIT, file.inode().extents().mappedBytes());
      gate.open().countDown();
      growing.get();
    }
    assertEquals(5 * UNIT, file.inode().sizeBytes());
  }

  @Test
  void whoComesSecondToAPathIsToldThatItExists() throws Exception {
    Gate gate = new Gate();
    device.zeroing.set(gate);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<FileInode> first = threads.submit(inode("f"));
      gate.reached().await();
      assertNull(volume.namespace().find("f"));
      Future<FileInode> second = threads.submit(inode("f"));
      gate.open().countDown();
      assertTrue(first.get().isCommitted());
      assertEquals(Errno.EEXIST, errno(second));
    }
  }

  private static int errno(Future<?> failed) throws InterruptedException {
    try {
      failed.get();
      return 0;
    } catch (ExecutionException e) {
      return e.getCause() instanceof StoreException refused ? refused.errno() : -1;
    }
  }

  @Test
  void ofManyWhoMakeTheSamePathOneWins() throws Exception {
    int makers = 4;
    CyclicBarrier start = new CyclicBarrier(makers);
    try (ExecutorService threads = Executors.newFixedThreadPool(makers)) {
      for (int round = 0; round < 100; round++) {
        List<Future<NewFile>> results = new ArrayList<>();
        for (int i = 0; i < makers; i++) {
          results.add(
              threads.submit(() -> {
                start.await();
                return volume.makeFile("f", ATTRIBUTES);
              }));
        }
        int won = 0;
        for (Future<NewFile> result : results) {
          int errno = errno(result);
          assertTrue(errno == 0 || errno == Errno.EEXIST, "errno " + errno);
          won += errno == 0 ? 1 : 0;
        }
        assertEquals(1, won);
        abandon("f");
      }
    }
    assertEquals(0, volume.namespace().root().children().size());
    assertEquals(1, volume.namespace().root().childCount());
  }

  private void abandon(String path) {
    FileInode inode = assertInstanceOf(FileInode.class, volume.namespace().find(path));
    NewFile file = volume.newFile(inode);
    assertNotNull(file);
    file.lock();
    try {
      file.abandon();
    } finally {
      file.unlock();
    }
  }

  /// As `cp` does it: two threads that write a megabyte at a time.
  @Test
  void twoFilesThatAreCopiedAtOnceHaveOneExtentEach() throws Exception {
    int megabytes = 30;
    CyclicBarrier step = new CyclicBarrier(2);
    List<Future<FileInode>> copies = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int i = 0; i < 2; i++) {
        String path = "copy" + i;
        byte pattern = (byte) (i + 1);
        copies.add(threads.submit(() -> copy(path, pattern, megabytes, step)));
      }
      for (Future<FileInode> copy : copies) {
        FileInode file = copy.get();
        assertEquals(1, file.extents().rangeCount());
        assertEquals(megabytes << 20, file.extents().allocatedBytes());
      }
    }
    assertEquals((10 + 2 * megabytes) << 20, volume.usage().usedBytes());
    assertPattern(copies.get(0).get(), (byte) 1);
    assertPattern(copies.get(1).get(), (byte) 2);
  }

  private FileInode copy(String path, byte pattern, int megabytes, CyclicBarrier step)
      throws Exception {
    NewFile file = volume.makeFile(path, ATTRIBUTES);
    for (int i = 0; i < megabytes; i++) {
      step.await();
      file.lock();
      try {
        file.resize((i + 1L) << 20);
        ExtentCursor cursor = new ExtentCursor();
        assertTrue(file.inode().extents().resolve((long) i << 20, 1 << 20, cursor));
        device.memory().asSlice(cursor.deviceOffset(), cursor.runBytes()).fill(pattern);
      } finally {
        file.unlock();
      }
    }
    file.lock();
    try {
      file.commit();
    } finally {
      file.unlock();
    }
    return file.inode();
  }

  private void assertPattern(FileInode file, byte pattern) {
    long offset = file.extents().rangeOffset(0);
    for (long at = 0; at < file.sizeBytes(); at += 512) {
      assertEquals(pattern, device.memory().get(ValueLayout.JAVA_BYTE, offset + at));
    }
  }

  /// Readers look at files that grow, move and go; whoever holds the lock of a file sees its bytes.
  @Test
  void readersSeeTheBytesOfAFileWhileOthersComeAndGo() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Future<Integer>> readers = new ArrayList<>();
      readers.add(threads.submit(() -> look(done)));
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        String name = "w" + i;
        byte pattern = (byte) (i + 1);
        writers.add(threads.submit(() -> comeAndGo(name, pattern)));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      done.set(true);
      assertTrue(readers.getFirst().get() > 0);
    }
    assertEquals(10 << 20, volume.usage().usedBytes());
  }

  private Void comeAndGo(String name, byte pattern) throws StoreException {
    ExtentCursor cursor = new ExtentCursor();
    for (int round = 0; round < 300; round++) {
      NewFile file = volume.makeFile(name, ATTRIBUTES);
      for (int units = 1; units <= 4; units++) {
        file.lock();
        try {
          file.resize(units * UNIT);
          assertTrue(file.inode().extents().resolve((units - 1) * UNIT, UNIT, cursor));
          device.memory().asSlice(cursor.deviceOffset(), cursor.runBytes()).fill(pattern);
        } finally {
          file.unlock();
        }
      }
      file.lock();
      try {
        file.abandon();
      } finally {
        file.unlock();
      }
    }
    return null;
  }

  private int look(AtomicBoolean done) {
    int seen = 0;
    while (!done.get()) {
      for (int i = 0; i < 2; i++) {
        if (volume.namespace().find("w" + i) instanceof FileInode inode) {
          long size = inode.sizeBytes();
          assertTrue(size <= inode.extents().mappedBytes());
          NewFile file = volume.newFile(inode);
          seen += file == null ? 0 : read(file, (byte) (i + 1));
        }
      }
    }
    return seen;
  }

  private int read(NewFile file, byte pattern) {
    file.lock();
    try {
      if (file.state() != NewFile.State.MAKING) {
        return 0;
      }
      assertSame(file, volume.newFile(file.inode()));
      ExtentCursor cursor = new ExtentCursor();
      long size = file.inode().sizeBytes();
      for (long at = 0; at < size; at += 4096) {
        assertTrue(file.inode().extents().resolve(at, 1, cursor));
        assertEquals(pattern, device.memory().get(ValueLayout.JAVA_BYTE, cursor.deviceOffset()));
      }
      return 1;
    } finally {
      file.unlock();
    }
  }
}
