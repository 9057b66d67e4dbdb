package io.famfs.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class UnixListenerTest {
  @TempDir Path folder;

  @Test
  void aConnectionIsAcceptedAndCarriesBytes() throws IOException {
    Path path = folder.resolve("s");
    try (UnixListener listener = UnixListener.listen(path, 4);
        UnixSocket client = UnixSocket.connect(path);
        UnixSocket server = listener.accept();
        ReceivedFds fds = new ReceivedFds(1);
        Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom("hi");
      assertEquals(2, client.send(text, 0, 2));
      MemorySegment buffer = arena.allocate(8);
      assertEquals(2, server.receive(buffer, 0, 8, fds));
      assertEquals("hi", buffer.getString(0));
      assertEquals(path, listener.path());
    }
  }

  @Test
  void thePathIsForItsOwnerOnlyAndGoneAfterClose() throws IOException {
    Path path = folder.resolve("s");
    UnixListener listener = UnixListener.listen(path, 1);
    assertEquals(0600, (int) Files.getAttribute(path, "unix:mode") & 07777);
    listener.close();
    listener.close();
    assertFalse(Files.exists(path));
  }

  @Test
  void aPathThatIsServedIsLeftAlone() throws IOException {
    Path path = folder.resolve("s");
    try (UnixListener first = UnixListener.listen(path, 1)) {
      // Also with its backlog full.
      for (int i = 0; i < 3; i++) {
        ErrnoException e =
            assertThrows(ErrnoException.class, () -> UnixListener.listen(path, 1).close());
        assertEquals("listen at " + path + ": already served by another process", e.getMessage());
      }
      assertTrue(Files.exists(first.path()));
    }
  }

  @Test
  void aSocketLeftBehindIsReplaced() throws IOException {
    Path path = folder.resolve("s");
    Path moved = folder.resolve("moved");
    try (UnixListener first = UnixListener.listen(path, 1)) {
      Files.move(path, moved);
      assertTrue(first.fd().isOpen());
    }
    Files.move(moved, path);
    assertTrue(Files.exists(path));
    try (UnixListener second = UnixListener.listen(path, 1);
        UnixSocket client = UnixSocket.connect(path);
        UnixSocket server = second.accept()) {
      assertTrue(client.fd().isOpen() && server.fd().isOpen());
    }
  }

  @Test
  void whatIsNoSocketIsNeverReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "precious");
    ErrnoException e =
        assertThrows(ErrnoException.class, () -> UnixListener.listen(file, 1).close());
    assertEquals(Errno.EEXIST, e.errno());
    assertEquals("precious", Files.readString(file));

    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
    assertThrows(ErrnoException.class, () -> UnixListener.listen(link, 1).close());
    assertTrue(Files.isSymbolicLink(link));
  }

  @Test
  void closeLeavesTheSocketOfASuccessor() throws IOException {
    Path path = folder.resolve("s");
    UnixListener first = UnixListener.listen(path, 1);
    Files.delete(path);
    try (UnixListener second = UnixListener.listen(path, 1)) {
      first.close();
      assertTrue(Files.exists(second.path()));
    }
  }

  @Test
  void aPathThatIsTooLongIsRefusedWithTheLimit() {
    Path path = folder.resolve("x".repeat(108));
    ErrnoException e =
        assertThrows(ErrnoException.class, () -> UnixListener.listen(path, 1).close());
    assertEquals(Errno.ENAMETOOLONG, e.errno());
    assertTrue(e.getMessage().contains("1 to 107 bytes"), e.getMessage());
    assertThrows(ErrnoException.class, () -> UnixSocket.connect(path).close());
  }

  @Test
  void connectingToNothingNamesThePath() {
    Path path = folder.resolve("nobody");
    ErrnoException e = assertThrows(ErrnoException.class, () -> UnixSocket.connect(path).close());
    assertEquals("connect to " + path + ": no such file or directory", e.getMessage());
  }

  @Test
  void connectingToASocketLeftBehindSaysThatNobodyListens() throws IOException {
    Path path = folder.resolve("s");
    Path moved = folder.resolve("moved");
    try (UnixListener listener = UnixListener.listen(path, 1)) {
      Files.move(listener.path(), moved);
    }
    ErrnoException e = assertThrows(ErrnoException.class, () -> UnixSocket.connect(moved).close());
    assertEquals("connect to " + moved + ": nobody listens there", e.getMessage());
  }

  @Test
  void ofManyListenersThatStartAtOnceOnAStaleSocketOneWins() throws Exception {
    Path path = folder.resolve("s");
    Path moved = folder.resolve("moved");
    try (UnixListener gone = UnixListener.listen(path, 1)) {
      Files.move(gone.path(), moved);
    }
    Files.move(moved, path);
    final int starters = 4;
    Queue<UnixListener> winners = new ConcurrentLinkedQueue<>();
    Queue<String> losers = new ConcurrentLinkedQueue<>();
    CountDownLatch go = new CountDownLatch(1);
    Thread[] threads = new Thread[starters];
    for (int i = 0; i < starters; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  go.await();
                  winners.add(UnixListener.listen(path, 8));
                } catch (ErrnoException | InterruptedException e) {
                  losers.add(String.valueOf(e.getMessage()));
                }
              });
    }
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(1, winners.size());
    assertEquals(starters - 1, losers.size());
    for (String message : losers) {
      assertTrue(message.endsWith("already served by another process"), message);
    }
    winners.element().close();
    assertFalse(Files.exists(path));
  }

  @Test
  void aFolderThatIsMissingIsReported() {
    Path path = folder.resolve("missing").resolve("s");
    ErrnoException e =
        assertThrows(ErrnoException.class, () -> UnixListener.listen(path, 1).close());
    assertEquals(Errno.ENOENT, e.errno());
  }
}
