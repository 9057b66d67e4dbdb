package io.famfs.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.os.libc.Events;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class EventFdTest {
  private static final int EFD_SEMAPHORE = 1;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Test
  void signalsAddUpUntilDrained() throws IOException {
    try (EventFd event = EventFd.create()) {
      assertEquals(0, event.drain());
      assertEquals(0, event.signal());
      assertEquals(0, event.signal());
      assertEquals(2, event.drain());
      assertEquals(0, event.drain());
    }
  }

  @Test
  void aBlockingEventfdOfAPeerNeverBlocksAndKeepsItsFlags() throws IOException {
    try (Fd peer = Fd.adopt(Events.eventfd(0, 0));
        EventFd event = EventFd.adopt(peer.duplicate())) {
      assertTimeoutPreemptively(
          LIMIT,
          () -> {
            assertEquals(0, event.drain());
            assertEquals(0, event.signal());
            assertEquals(1, event.drain());
            assertEquals(0, event.drain());
          });
      assertEquals(0, peer.statusFlags() & Fd.O_NONBLOCK);
    }
  }

  @Test
  void aFullCounterCountsAsSignalled() throws IOException {
    for (int flags : new int[] {0, Fd.O_NONBLOCK}) {
      try (Fd peer = Fd.adopt(Events.eventfd(0, flags));
          EventFd event = EventFd.adopt(peer.duplicate())) {
        fillUp(peer);
        assertTimeoutPreemptively(
            LIMIT,
            () -> {
              assertEquals(0, event.signal());
              assertEquals(Long.MAX_VALUE, event.drain());
              assertEquals(0, event.signal());
              assertEquals(1, event.drain());
            });
      }
    }
  }

  @Test
  void aSemaphoreIsDrainedOneByOne() throws IOException {
    try (EventFd event = EventFd.adopt(Fd.adopt(Events.eventfd(2, EFD_SEMAPHORE)))) {
      assertEquals(1, event.drain());
      assertEquals(1, event.drain());
      assertEquals(0, event.drain());
    }
  }

  @Test
  void whatIsNoEventfdIsRefusedAndStaysWithItsOwner() throws IOException {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket left = pair[0];
        UnixSocket right = pair[1];
        Fd memfd = Memfd.create("fake", 4096);
        Fd pipe = Pipes.open()) {
      for (Fd fake : new Fd[] {left.fd(), right.fd(), memfd, pipe}) {
        ErrnoException e = assertThrows(ErrnoException.class, () -> EventFd.adopt(fake).close());
        assertEquals(Errno.EINVAL, e.errno());
        assertTrue(e.getMessage().contains("not an eventfd but"), e.getMessage());
        assertTrue(fake.isOpen());
      }
    }
  }

  @Test
  void aClosedOneAnswersBadDescriptor() throws IOException {
    EventFd event = EventFd.create();
    event.close();
    assertEquals(-Errno.EBADF, event.signal());
    assertEquals(-Errno.EBADF, event.drain());
    assertThrows(ErrnoException.class, () -> EventFd.adopt(event.fd()).close());
  }

  @Test
  void aThreadThatAPeerStopsInSignalIsFreedByDraining() throws Exception {
    try (Fd peer = Fd.adopt(Events.eventfd(0, Fd.O_NONBLOCK));
        EventFd event = EventFd.adopt(peer.duplicate())) {
      peer.nonBlocking(false);
      fillUp(peer);
      Thread signaller = Thread.ofPlatform().start(event::signal);
      long deadlineNs = System.nanoTime() + LIMIT.toNanos();
      while (!signaller.join(Duration.ofMillis(20)) && System.nanoTime() < deadlineNs) {
        event.drain();
      }
      assertFalse(signaller.isAlive());
    }
  }

  private static void fillUp(Fd eventfd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_LONG, -2L);
      assertEquals(8, Io.write(eventfd, value, 0, 8), "the largest value of the counter");
    }
  }
}
