package io.famfs.bench.load;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.os.ErrnoException;
import io.famfs.os.Io;
import io.famfs.os.UnixListener;
import io.famfs.os.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Back-ends that do not do what they should: the client ends and says what was wrong.
@Timeout(60)
class HostileBackEndTest {
  private static final int LIMIT_MILLIS = 200;

  @TempDir Path folder;

  /// What a back-end does with a connection.
  private interface Behaviour {
    void with(UnixSocket socket) throws ErrnoException;
  }

  private String complaint(Behaviour behaviour) throws Exception {
    Path path = folder.resolve("s");
    try (UnixListener listener = UnixListener.listen(path, 1)) {
      Thread server =
          Thread.ofPlatform()
              .daemon(true)
              .start(() -> {
                try (UnixSocket socket = listener.accept()) {
                  behaviour.with(socket);
                  try (Arena arena = Arena.ofConfined()) {
                    MemorySegment rest = arena.allocate(4096);
                    while (Io.read(socket.fd(), rest, 0, 4096) > 0) {
                      // Whatever else is said is taken.
                    }
                  }
                } catch (ErrnoException e) {
                  throw new IllegalStateException(e);
                }
              });
      LoadOptions options = new LoadOptions(path, "f", 1, 1, LIMIT_MILLIS);
      String message =
          assertThrows(LoadException.class, () -> LoadClient.connect(options).close()).getMessage();
      server.join(10_000);
      return String.valueOf(message);
    }
  }

  private static void reply(UnixSocket socket, int request, int flags, long... words) {
    try (Arena arena = Arena.ofConfined()) {
      int bytes = words.length * Long.BYTES;
      MemorySegment message = arena.allocate(12L + bytes, 8);
      message.set(ValueLayout.JAVA_INT, 0, request);
      message.set(ValueLayout.JAVA_INT, 4, flags);
      message.set(ValueLayout.JAVA_INT, 8, bytes);
      for (int i = 0; i < words.length; i++) {
        message.set(ValueLayout.JAVA_LONG_UNALIGNED, 12L + (long) i * Long.BYTES, words[i]);
      }
      int _ = socket.send(message, 0, 12 + bytes);
    }
  }

  private void assertSaid(String expected, Behaviour behaviour) throws Exception {
    String message = complaint(behaviour);
    assertTrue(message.contains(expected), message);
  }

  @Test
  void silenceHasALimit() throws Exception {
    assertSaid("no answer to message 1 within 200 ms", _ -> {});
  }

  @Test
  void halfAReplyHasALimit() throws Exception {
    assertSaid(
        "no answer to message 1 within 200 ms",
        socket -> {
          try (Arena arena = Arena.ofConfined()) {
            int _ = socket.send(arena.allocate(5), 0, 5);
          }
        });
  }

  @Test
  void hangingUpIsSeen() throws Exception {
    assertSaid("closed the connection at message", UnixSocket::shutdown);
  }

  @Test
  void aReplyToSomethingElseIsRefused() throws Exception {
    assertSaid("answered by message 15 with flags 0x5", socket -> reply(socket, 15, 5, 0));
  }

  @Test
  void aRequestInPlaceOfAReplyIsRefused() throws Exception {
    assertSaid("with flags 0x1", socket -> reply(socket, 1, 1, 0));
  }

  @Test
  void aReplyOfAnotherLengthIsRefused() throws Exception {
    assertSaid("with 16 bytes", socket -> reply(socket, 1, 5, 0, 0));
  }

  @Test
  void featuresWithoutVirtio1AreRefused() throws Exception {
    assertSaid("are no virtio 1", socket -> reply(socket, 1, 5, 1L << 30));
  }

  @Test
  void aBackEndThatNeverTouchesItsRingsHasALimit() throws Exception {
    assertSaid(
        "INIT: no reply within 200 ms",
        socket -> {
          reply(socket, 1, 5, 1L << 32 | 1L << 30);
          reply(socket, 15, 5, 0);
        });
  }
}
