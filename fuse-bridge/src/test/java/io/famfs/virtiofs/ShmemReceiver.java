package io.famfs.virtiofs;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.FileIdentity;
import io.famfs.os.Io;
import io.famfs.os.ReceivedFds;
import io.famfs.os.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// The front-end's end of the back-end channel. Judges as QEMU 11.1 does: a map over a map and an
/// unmap that is not exactly one map are refused, and whatever comes while the device does not run
/// is a crash there, noted as a breach here.
final class ShmemReceiver implements AutoCloseable {
  record Message(int id, long fdOffset, long shmOffset, long length, long flags) {}

  record Mapped(FileIdentity file, long fdOffset, long length) {}

  static final int MAP = 9;
  static final int UNMAP = 10;
  static final int BARRIER = 7;

  private final UnixSocket ours;
  final UnixSocket theirs;
  private final long windowBytes;
  private final Thread thread;
  private final List<Message> messages = new ArrayList<>();
  private final List<String> breaches = new ArrayList<>();
  private final NavigableMap<Long, Mapped> maps = new TreeMap<>();
  private boolean running;
  private boolean killable;
  private int unmapsOfNothing;
  private Predicate<Message> refuse = message -> false;

  /// Permits to answer; taken away to hold replies back.
  final Semaphore answers = new Semaphore(1_000_000);

  final Semaphore received = new Semaphore(0);

  ShmemReceiver(long windowBytes) throws ErrnoException {
    this.windowBytes = windowBytes;
    UnixSocket[] pair = UnixSocket.pair();
    ours = pair[0];
    theirs = pair[1];
    thread = Thread.ofPlatform().daemon(true).name("shmem receiver").start(this::run);
  }

  synchronized void running(boolean on) {
    running = on;
  }

  /// As QEMU at a reset of the device.
  synchronized void dropMaps() {
    maps.clear();
  }

  synchronized void refuse(Predicate<Message> which) {
    refuse = which;
  }

  synchronized List<Message> takeMessages() {
    List<Message> all = List.copyOf(messages);
    messages.clear();
    return all;
  }

  /// The server may be killed: the next one does not know what became of the map it was about to
  /// make or had just taken out, and takes it out. That is counted, not a breach.
  synchronized void serverMayBeKilled() {
    killable = true;
  }

  synchronized int unmapsOfNothing() {
    return unmapsOfNothing;
  }

  synchronized List<String> breaches() {
    return List.copyOf(breaches);
  }

  synchronized Map<Long, Mapped> maps() {
    return Map.copyOf(maps);
  }

  private void run() {
    MemorySegment buffer = Arena.ofAuto().allocate(128, 8);
    try (ReceivedFds fds = new ReceivedFds(8)) {
      while (receive(buffer, fds)) {
        int id = buffer.get(JAVA_INT_UNALIGNED, 0);
        long result = handle(id, buffer, fds);
        received.release();
        answers.acquire();
        buffer.set(JAVA_INT_UNALIGNED, 4, 5);
        buffer.set(JAVA_INT_UNALIGNED, 8, 8);
        buffer.set(JAVA_LONG_UNALIGNED, 12, result);
        if (ours.send(buffer, 0, 20) != 20) {
          return;
        }
      }
    } catch (ErrnoException e) {
      breach(e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean receive(MemorySegment buffer, ReceivedFds fds) {
    if (ours.receive(buffer, 0, 12, fds) != 12) {
      return false;
    }
    int size = buffer.get(JAVA_INT_UNALIGNED, 8);
    if (size != 40 && size != 16) {
      breach("payload of " + size);
      return false;
    }
    if (buffer.get(JAVA_INT_UNALIGNED, 4) != 9) {
      breach("flags " + buffer.get(JAVA_INT_UNALIGNED, 4));
    }
    return Io.read(ours.fd(), buffer, 12, size) == size;
  }

  private synchronized long handle(int id, MemorySegment buffer, ReceivedFds fds)
      throws ErrnoException {
    if (!running) {
      breach("message " + id + " while the device does not run");
    }
    if (id == BARRIER) {
      messages.add(new Message(id, 0, 0, 0, 0));
      return 1;
    }
    Message message =
        new Message(
            id,
            buffer.get(JAVA_LONG_UNALIGNED, 20),
            buffer.get(JAVA_LONG_UNALIGNED, 28),
            buffer.get(JAVA_LONG_UNALIGNED, 36),
            buffer.get(JAVA_LONG_UNALIGNED, 44));
    messages.add(message);
    if (buffer.get(JAVA_LONG_UNALIGNED, 12) != 0) {
      breach("region id or padding not zero");
    }
    if (refuse.test(message)) {
      return 1;
    }
    return id == MAP ? map(message, fds) : unmap(message, fds);
  }

  private long map(Message message, ReceivedFds fds) throws ErrnoException {
    if (fds.count() != 1 || (message.flags() & ~1L) != 0) {
      breach("map with " + fds.count() + " descriptors, flags " + message.flags());
      return 1;
    }
    long from = message.shmOffset();
    long to = from + message.length();
    if (message.length() <= 0 || from < 0 || to > windowBytes || (from | to) % 4096 != 0) {
      breach("map outside the window or not in pages: " + message);
      return 1;
    }
    Map.Entry<Long, Mapped> before = maps.lowerEntry(to);
    if (before != null && before.getKey() + before.getValue().length() > from) {
      breach("mapping overlap: " + message);
      return 1;
    }
    try (Fd fd = fds.take(0)) {
      maps.put(from, new Mapped(fd.identity(), message.fdOffset(), message.length()));
    }
    return 0;
  }

  private long unmap(Message message, ReceivedFds fds) {
    Mapped there = maps.get(message.shmOffset());
    if (killable && fds.count() == 0 && isEmpty(message)) {
      unmapsOfNothing++;
      return 1;
    }
    if (fds.count() != 0 || there == null || there.length() != message.length()) {
      breach("unmap of something else than one map: " + message);
      return 1;
    }
    maps.remove(message.shmOffset());
    return 0;
  }

  private boolean isEmpty(Message message) {
    Map.Entry<Long, Mapped> before = maps.lowerEntry(message.shmOffset() + message.length());
    return before == null || before.getKey() + before.getValue().length() <= message.shmOffset();
  }

  private synchronized void breach(String what) {
    breaches.add(what);
  }

  void awaitMessage() throws InterruptedException {
    if (!received.tryAcquire(TestRing.WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new AssertionError("no back-end message");
    }
  }

  @Override
  public void close() {
    ours.shutdown();
    thread.interrupt();
    try {
      thread.join(TestRing.WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ours.close();
    theirs.close();
  }
}
