package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.device.JavaCommand;
import io.famfs.fuse.device.Mountable;
import io.famfs.fuse.famfs.TestVolume;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.Requests;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Servers that have locked themselves in work in full, through both doors.
@Timeout(120)
class LockedInServerTest {
  @TempDir Path place;

  private @Nullable Process process;
  private BufferedReader output = new BufferedReader(Reader.nullReader());
  private String word = "";

  @BeforeEach
  void needsRoot() throws IOException {
    Mountable.assume(place);
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  private void start(String door, Path where, String user) throws IOException {
    Process server =
        new ProcessBuilder(
                JavaCommand.of(List.of(), LockedInServer.class, door, where.toString(), user))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    process = server;
    output = server.inputReader(StandardCharsets.UTF_8);
    StringBuilder all = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("ready ")) {
        word = line.substring("ready ".length());
        return;
      }
      all.append(line).append('\n');
    }
    throw new AssertionError("no server: " + all);
  }

  @AfterEach
  void stop() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  private Process server() {
    return Objects.requireNonNull(process, "no server was started");
  }

  /// What each thread of the server is, by the kernel.
  private void requireLockedIn(String uid, String capabilities) throws IOException {
    Path tasks = Path.of("/proc", Long.toString(server().pid()), "task");
    try (var all = Files.newDirectoryStream(tasks)) {
      for (Path task : all) {
        List<String> status = Files.readAllLines(task.resolve("status"));
        assertTrue(status.contains("Seccomp:\t2"), status.toString());
        assertTrue(status.contains("NoNewPrivs:\t1"), status.toString());
        assertTrue(status.contains("CapEff:\t" + capabilities), status.toString());
        assertTrue(status.contains("CapPrm:\t" + capabilities), status.toString());
        assertTrue(status.contains("CapBnd:\t0000000000000000"), status.toString());
        String uids = "Uid:\t" + String.join("\t", uid, uid, uid, uid);
        assertTrue(status.contains(uids), status.toString());
      }
    }
  }

  /// By the end of its input, and in order.
  private void end() throws Exception {
    server().getOutputStream().close();
    assertEquals("closed", output.readLine());
    assertTrue(server().waitFor(30, TimeUnit.SECONDS));
    assertEquals(0, server().exitValue());
  }

  private static byte[] ask(TestFrontEnd frontEnd, byte[] request, int room) {
    frontEnd.prepare(1, request, 16 + room);
    frontEnd.rings.get(1).submit(0);
    byte[] reply = frontEnd.peek(2 << 20, frontEnd.rings.get(1).take().length());
    assertEquals(0, ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN).getInt(4), "errno");
    return Arrays.copyOfRange(reply, 16, reply.length);
  }

  private static void useAll(TestFrontEnd frontEnd, long nodeid, int seed) throws IOException {
    frontEnd.realize(3);
    frontEnd.start();
    ask(frontEnd, Requests.init(), 64);
    byte[] entry = ask(frontEnd, Requests.lookup(1, "simple"), 128);
    assertEquals(nodeid, TestFrontEnd.longAt(entry, 0));
    ask(frontEnd, Requests.open(Opcode.OPEN, nodeid, 2), 16);
    byte[] data = new byte[4096];
    Arrays.fill(data, (byte) seed);
    ask(frontEnd, Requests.write(nodeid, 8192, data), 8);
    assertArrayEquals(data, ask(frontEnd, Requests.read(Opcode.READ, nodeid, 8192, 4096), 4096));
    ask(frontEnd, Requests.setupMapping(nodeid, 0, 0, 2 << 20, 3), 0);
    ask(frontEnd, Requests.fsync(Opcode.FSYNC, nodeid), 0);
    ask(frontEnd, Requests.removeMapping(nodeid, 0, 2 << 20), 0);
    ask(frontEnd, Requests.mkdir(1, "made" + seed, 0755), 128);
    ask(frontEnd, Requests.statfs(), 80);
    ask(frontEnd, Requests.close(Opcode.RELEASE, nodeid, 0, 0), 0);
    assertEquals(List.of(), Objects.requireNonNull(frontEnd.shmem, "a window").breaches());
  }

  private void serveGuests(String user, String uid) throws Exception {
    Path socket = place.resolve("s");
    start("socket", socket, user);
    long nodeid = Long.parseLong(word);
    try (TestFrontEnd first = new TestFrontEnd(socket, TestServer.WINDOW_BYTES)) {
      useAll(first, nodeid, 1);
      requireLockedIn(uid, "0000000000000000");
      try (TestFrontEnd second = new TestFrontEnd(socket, TestServer.WINDOW_BYTES)) {
        useAll(second, nodeid, 2);
      }
      byte[] read = ask(first, Requests.read(Opcode.READ, nodeid, 8192, 4096), 4096);
      assertEquals(2, read[0]);
    }
    end();
    assertFalse(Files.exists(socket), "the server removes its socket");
  }

  @Test
  void guestsAreServedByAUserWithoutRights() throws Exception {
    serveGuests("nobody:65534", "65534");
  }

  @Test
  void guestsAreServedByRootWithoutRights() throws Exception {
    serveGuests("", "0");
  }

  @Test
  void aMountIsServedAndTakenAway() throws Exception {
    Path mount = Mountable.directory(place, "m");
    start("mount", mount, "");
    requireLockedIn("0", "0000000000200000");
    assertEquals(TestVolume.SIMPLE_BYTES, Files.size(mount.resolve("simple")));
    byte[] all = Files.readAllBytes(mount.resolve("striped"));
    assertEquals(TestVolume.STRIPED_BYTES, all.length);
    Files.createDirectory(mount.resolve("made"));
    byte[] text = "stored through a mount".getBytes(StandardCharsets.UTF_8);
    Files.write(mount.resolve("made/file"), text);
    assertArrayEquals(text, Files.readAllBytes(mount.resolve("made/file")));
    assertThrows(FileSystemException.class, () -> Files.delete(mount.resolve("simple")));
    assertTrue(Files.getFileStore(mount).getTotalSpace() > 0);
    end();
    assertFalse(Files.exists(mount.resolve("simple")), "the server takes the mount away");
  }
}
