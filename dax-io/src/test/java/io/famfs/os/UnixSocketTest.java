package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.os.MemoryMap.Access;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class UnixSocketTest {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(64);
  private UnixSocket left;
  private UnixSocket right;

  UnixSocketTest() throws IOException {
    UnixSocket[] pair = UnixSocket.pair();
    left = pair[0];
    right = pair[1];
  }

  @BeforeEach
  void fill() {
    buffer.fill((byte) 'x');
  }

  @AfterEach
  void close() {
    left.close();
    right.close();
    arena.close();
  }

  @Test
  void aDescriptorArrivesWithItsMessageAndIsTheSameFile() throws IOException {
    try (Fd memfd = Memfd.create("passed", 4096);
        EventFd event = EventFd.create();
        ReceivedFds fds = new ReceivedFds(8);
        MemoryMap mine = MemoryMap.map(memfd, 0, 4096, Access.READ_WRITE)) {
      assertEquals(12, left.send(buffer, 4, 12, memfd, event.fd()));
      MemorySegment message = arena.allocate(64);
      assertEquals(12, right.receive(message, 8, 40, fds));
      assertEquals('x', message.get(JAVA_BYTE, 19));
      assertEquals(0, message.get(JAVA_BYTE, 20));
      assertEquals(2, fds.count());
      assertEquals(0, fds.excess());
      assertFalse(fds.truncated());
      try (Fd received = fds.take(0);
          EventFd peer = EventFd.adopt(fds.take(1));
          MemoryMap theirs = MemoryMap.map(received, 0, 4096, Access.READ_WRITE)) {
        assertEquals(memfd.identity(), received.identity());
        theirs.segment().set(JAVA_LONG, 0, 99);
        assertEquals(99, mine.segment().get(JAVA_LONG, 0));
        peer.signal();
        assertEquals(1, event.drain());
      }
      assertThrows(IllegalStateException.class, () -> fds.take(0));
      assertThrows(IndexOutOfBoundsException.class, () -> fds.take(2));
    }
  }

  @Test
  void descriptorsBeyondTheAllowedNumberAreClosedAndCounted() throws IOException {
    try (Fd memfd = Memfd.create("many", 4096);
        ReceivedFds fds = new ReceivedFds(2)) {
      Fd[] many = new Fd[MessageLayout.MAX_FDS];
      Arrays.fill(many, memfd);
      long before = openDescriptors();
      assertEquals(1, left.send(buffer, 0, 1, many));
      assertEquals(1, right.receive(buffer, 0, 64, fds));
      assertEquals(2, fds.count());
      assertEquals(MessageLayout.MAX_FDS - 2, fds.excess());
      assertFalse(fds.truncated());
      assertEquals(before + 2, openDescriptors());
      fds.closeRest();
      assertEquals(0, fds.count());
      assertEquals(before, openDescriptors());
      assertEquals(-Errno.EINVAL, left.send(buffer, 0, 1, Arrays.copyOf(many, many.length + 1)));
    }
  }

  @Test
  void truncatedControlDataIsReportedAndNothingLeaks() throws IOException {
    try (Fd memfd = Memfd.create("cut", 4096);
        ReceivedFds fds = new ReceivedFds(8, 2)) {
      long before = openDescriptors();
      assertEquals(1, left.send(buffer, 0, 1, memfd, memfd, memfd, memfd));
      assertEquals(1, right.receive(buffer, 0, 64, fds));
      assertTrue(fds.truncated());
      assertEquals(before + fds.count(), openDescriptors());
      fds.closeRest();
      assertFalse(fds.truncated());
      assertEquals(before, openDescriptors());
    }
  }

  @Test
  void descriptorsNobodyTookAreClosedByTheNextMessage() throws IOException {
    try (Fd memfd = Memfd.create("left", 4096);
        ReceivedFds fds = new ReceivedFds(4)) {
      long before = openDescriptors();
      left.send(buffer, 0, 1, memfd);
      right.receive(buffer, 0, 1, fds);
      assertEquals(before + 1, openDescriptors());
      left.send(buffer, 0, 1);
      right.receive(buffer, 0, 1, fds);
      assertEquals(0, fds.count());
      assertEquals(before, openDescriptors());
    }
  }

  @Test
  void receivedDescriptorsAreClosedOnExec() throws IOException {
    try (Fd memfd = Memfd.create("exec", 4096);
        ReceivedFds fds = new ReceivedFds(1)) {
      left.send(buffer, 0, 1, memfd);
      right.receive(buffer, 0, 1, fds);
      try (Fd received = fds.take(0)) {
        String info = Files.readString(Path.of("/proc/self/fdinfo/" + received.value()));
        String octal = info.replaceAll("(?s).*flags:\\s+([0-7]+).*", "$1");
        assertTrue((Integer.parseInt(octal, 8) & Fd.O_CLOEXEC) != 0, info);
      }
    }
  }

  @Test
  void aMessageLargerThanTheSocketsBufferIsSentWhole() throws Exception {
    int length = 4 << 20;
    MemorySegment large = arena.allocate(length);
    large.fill((byte) 5);
    Thread sender = Thread.ofPlatform().start(() -> left.send(large, 0, length));
    MemorySegment into = arena.allocate(length);
    try (ReceivedFds fds = new ReceivedFds(0)) {
      int got = 0;
      while (got < length) {
        int result = right.receive(into, got, length - got, fds);
        assertTrue(result > 0, "result " + result);
        got += result;
      }
    }
    sender.join();
    assertEquals(-1, large.mismatch(into));
  }

  @Test
  void theEndOfTheStreamIsZeroAndSendingThenFails() {
    try (ReceivedFds fds = new ReceivedFds(1)) {
      right.close();
      assertEquals(0, left.receive(buffer, 0, 64, fds));
      assertTrue(left.send(buffer, 0, 1) < 0);
    }
  }

  @Test
  void shutdownWakesAReceiver() throws InterruptedException {
    Thread closer = Thread.ofPlatform().start(left::shutdown);
    try (ReceivedFds fds = new ReceivedFds(1)) {
      assertEquals(0, left.receive(buffer, 0, 64, fds));
    }
    closer.join();
  }

  @Test
  void whatIsNoSocketAnswersWithAnErrorNumber() throws IOException {
    final int notASocket = 88;
    try (UnixSocket fake = UnixSocket.adopt(Memfd.create("fake", 4096));
        ReceivedFds fds = new ReceivedFds(1)) {
      assertEquals(-notASocket, fake.send(buffer, 0, 1));
      assertEquals(-notASocket, fake.receive(buffer, 0, 1, fds));
      assertThrows(ErrnoException.class, fake::peerCredentials);
    }
  }

  @Test
  void credentialsNameTheOtherEnd() throws IOException {
    PeerCredentials peer = left.peerCredentials();
    assertEquals(Identity.pid(), peer.pid());
    assertEquals(Identity.effectiveUid(), peer.uid());
    assertEquals(Identity.effectiveGid(), peer.gid());
    assertEquals(ProcessHandle.current().pid(), Identity.pid());
  }

  private static long openDescriptors() throws IOException {
    try (Stream<Path> list = Files.list(Path.of("/proc/self/fd"))) {
      return list.count();
    }
  }
}
