package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.famfs.dax.DaxDevices;
import io.famfs.fuse.server.EchoSession;
import io.famfs.os.UnixSocket;
import io.famfs.vhostuser.BackEndConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/// A front-end that does anything: nothing is thrown, the connection ends soon after its socket, no
/// descriptor and no mapping of its memory is left, and another front-end is served as ever.
///
/// A plain test run replays the known inputs and scripts of good and bad front-ends;
/// `JAZZER_FUZZ=1` searches for new ones, see the README.
class SocketFuzzTest {
  private static final long END_LIMIT_SECONDS = 20;
  private static final long WINDOW = TestServer.WINDOW_BYTES;
  private static @Nullable Stage stage;

  /// What lives as long as the class: a device, and a front-end that behaves.
  private static final class Stage {
    final VirtioFsServer.Options options =
        new VirtioFsServer.Options(Path.of("/nowhere"), "fuzz", 1, WINDOW);
    final VirtioFsServer.Behind behind;
    final TestServer server;
    final TestFrontEnd other;

    Stage() {
      try {
        behind =
            new VirtioFsServer.Behind(
                List.of(DaxDevices.memfd("fuzz", TestServer.DEVICE_BYTES)), EchoSession::new);
        server = new TestServer(1, 0);
        other = new TestFrontEnd(server.socket, 0);
        other.realize(2);
        other.start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Stage stage() {
    Stage found = stage;
    if (found == null) {
      found = new Stage();
      stage = found;
    }
    return found;
  }

  static Stream<byte[]> scripts() {
    return Stream.of(
        SocketScript.wellBehaved(0),
        SocketScript.wellBehaved(1),
        SocketScript.wellBehaved(2),
        SocketScript.message(0, 44, 0, 0, new byte[0]),
        SocketScript.message(5, 21, 8, 1, new byte[0]),
        SocketScript.message(7, 5, 8, 8, new byte[8 + 8 * 32]),
        SocketScript.message(13, 9, 0, 0, new byte[40]),
        SocketScript.message(14, 34, 8, 0, new byte[0]),
        SocketScript.message(3, 200, 8, 12, new byte[3]));
  }

  @MethodSource("scripts")
  @FuzzTest(maxDuration = "10m")
  void aFrontEndThatDoesAnythingHurtsOnlyItself(byte[] bytes) throws Exception {
    Stage on = stage();
    long before = descriptors();
    long mapsBefore = maps();
    UnixSocket[] pair = UnixSocket.pair();
    VirtioFsBackEnd backEnd = new VirtioFsBackEnd("fuzz", on.options, on.behind, null, false);
    BackEndConnection connection =
        new BackEndConnection(pair[1], backEnd, backEnd.memory(), "fuzz");
    FutureTask<Boolean> serving = new FutureTask<>(connection::serve);
    Thread.ofPlatform().daemon(true).name("fuzz control").start(serving);
    try (SocketScript script = new SocketScript(pair[0], bytes)) {
      script.play();
    }
    boolean _ = serving.get(END_LIMIT_SECONDS, TimeUnit.SECONDS);
    backEnd.close();
    long left = descriptors() - before;
    assertTrue(left <= 0, left + " descriptors are left");
    assertEquals(mapsBefore, maps(), "mappings of the front-end's memory that are left");
    assertServed(on.other);
  }

  private static void assertServed(TestFrontEnd other) {
    byte[] body = {1, 2, 3, 4, 5, 6, 7, 8};
    byte[] reply = other.call(1, EchoSession.ECHO, body, 64);
    assertTrue(reply.length == 16 + body.length && reply[16] == 1 && reply[23] == 8, "served");
  }

  /// Descriptors of the kinds that a front-end sends and a connection makes.
  private static long descriptors() throws IOException {
    long count = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path fd : all) {
        String target = target(fd);
        boolean counts =
            target.startsWith("socket:")
                || target.contains("[eventfd]")
                || target.contains("memfd:hostile");
        count += counts ? 1 : 0;
      }
    }
    return count;
  }

  private static String target(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString();
    } catch (IOException e) {
      // It was closed meanwhile.
      return "";
    }
  }

  private static long maps() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains("memfd:hostile")).count();
    }
  }
}
