package io.famfs.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class PollerTest {
  @Test
  void anEventfdWakesAWaitingPoller() throws IOException, InterruptedException {
    try (EventFd event = EventFd.create()) {
      Poller poller = new Poller(2);
      int slot = poller.add(event.fd(), Poller.POLLIN);
      assertEquals(0, poller.await(0));
      assertFalse(poller.readable(slot));
      Thread other = Thread.ofPlatform().start(event::signal);
      assertEquals(1, poller.await(-1));
      assertTrue(poller.readable(slot));
      assertFalse(poller.hungUp(slot));
      other.join();
    }
  }

  @Test
  void onlyTheReadySlotsReport() throws IOException {
    try (EventFd quiet = EventFd.create();
        EventFd loud = EventFd.create()) {
      Poller poller = new Poller(2);
      int quietSlot = poller.add(quiet.fd(), Poller.POLLIN);
      int loudSlot = poller.add(loud.fd(), Poller.POLLIN | Poller.POLLOUT);
      loud.signal();
      assertEquals(1, poller.await(1000));
      assertFalse(poller.readable(quietSlot));
      assertTrue(poller.readable(loudSlot));
      assertTrue(poller.writable(loudSlot));
      poller.events(loudSlot, 0);
      assertEquals(0, poller.await(0));
    }
  }

  @Test
  void theEndOfAPeerShowsAsHungUp() throws IOException {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket left = pair[0]) {
      Poller poller = new Poller(1);
      int slot = poller.add(left.fd(), 0);
      pair[1].close();
      assertEquals(1, poller.await(-1));
      assertTrue(poller.hungUp(slot));
    }
  }

  @Test
  void theTimeLimitIsKept() throws IOException {
    try (EventFd event = EventFd.create()) {
      Poller poller = new Poller(1);
      poller.add(event.fd(), Poller.POLLIN);
      long start = System.nanoTime();
      assertEquals(0, poller.await(50));
      assertTrue(System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(49));
    }
  }

  @Test
  void slotsAreBoundedAndReusable() throws IOException {
    try (EventFd event = EventFd.create()) {
      Poller poller = new Poller(1);
      assertEquals(0, poller.add(event.fd(), Poller.POLLIN));
      assertThrows(IndexOutOfBoundsException.class, () -> poller.add(event.fd(), Poller.POLLIN));
      poller.clear();
      assertEquals(0, poller.count());
      assertThrows(IndexOutOfBoundsException.class, () -> poller.readable(0));
      assertEquals(0, poller.add(event.fd(), Poller.POLLIN));
    }
  }
}
