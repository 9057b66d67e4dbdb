package io.famfs.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class ListeningTest {
  @TempDir Path folder;

  private static void requireAccepts(UnixListener listener) throws IOException {
    try (UnixSocket client = UnixSocket.connect(listener.path());
        UnixSocket server = listener.accept()) {
      assertEquals(Identity.pid(), server.peerCredentials().pid());
      assertTrue(client.fd().isOpen());
    }
  }

  @Test
  void aSocketHasTheModeThatIsAskedForWhateverTheUmask() throws IOException {
    for (int mode : new int[] {0600, 0660, 0666, 0777, 0400}) {
      Path path = folder.resolve("s" + mode);
      try (UnixListener listener = new Listening.Bound(mode, -1).at(path, 1)) {
        assertEquals(mode, (int) Files.getAttribute(path, "unix:mode") & 07777);
        requireAccepts(listener);
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new Listening.Bound(01777, -1));
  }

  @Test
  void aSocketHasTheGroupThatIsAskedFor() throws IOException {
    Assumptions.assumeTrue(Identity.effectiveUid() == 0, "SKIPPED: needs root");
    Path path = folder.resolve("s");
    try (UnixListener listener = new Listening.Bound(0660, 4321).at(path, 1)) {
      assertEquals(4321, Files.getAttribute(path, "unix:gid"));
      assertEquals(0660, (int) Files.getAttribute(path, "unix:mode") & 07777);
      requireAccepts(listener);
    }
  }

  @Test
  void aSocketThatIsPassedOnIsServedAndLeftWhereItIs() throws IOException {
    Path path = folder.resolve("s");
    try (UnixListener made = UnixListener.listen(path, 1)) {
      Listening.Inherited passed = new Listening.Inherited(copy(made.fd()));
      assertEquals(path, passed.path());
      Path other = folder.resolve("t");
      ErrnoException wrong = assertThrows(ErrnoException.class, () -> passed.at(other, 1).close());
      assertTrue(String.valueOf(wrong.getMessage()).contains("listens at " + path));
      try (UnixListener listener = passed.at(path, 1)) {
        requireAccepts(listener);
      }
      assertTrue(Files.exists(path));
      requireAccepts(made);
    }
  }

  /// The number of a duplicate, which the caller has to take over.
  private static int copy(Fd fd) throws ErrnoException {
    return fd.duplicate().value();
  }

  @Test
  void whatDoesNotListenAtAPathIsRefused() throws IOException {
    try (UnixListener made = UnixListener.listen(folder.resolve("s"), 1);
        UnixSocket client = UnixSocket.connect(made.path());
        EventFd event = EventFd.create()) {
      for (int fd : new int[] {client.fd().value(), event.fd().value(), 1_000_000, -1}) {
        assertThrows(ErrnoException.class, () -> new Listening.Inherited(fd).path(), "fd " + fd);
      }
    }
  }
}
