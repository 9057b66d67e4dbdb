package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.os.Fd;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningServerTest {
  @TempDir private Path folder;
  private Path directory;

  @BeforeEach
  void nameDirectory() {
    directory = folder.resolve("run/famfs");
    System.setProperty("famfs.runtime.dir", directory.toString());
  }

  @AfterEach
  void forgetDirectory() {
    System.clearProperty("famfs.runtime.dir");
  }

  private ServerSocketChannel listener(String name) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    return channel.bind(UnixDomainSocketAddress.of(directory.resolve(name)));
  }

  private static String refusal() {
    return String.valueOf(assertThrows(IOException.class, RuntimeDirectory::make).getMessage());
  }

  @Test
  void directoryIsMadeForItsUserOnly() throws IOException {
    assertEquals(directory, RuntimeDirectory.make());
    assertEquals(directory, RuntimeDirectory.make());
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx---"));
    assertTrue(refusal().contains("rwxrwx---: only its user"));
    Files.delete(directory);
    Files.createSymbolicLink(directory, folder);
    assertTrue(refusal().contains("no directory"));
  }

  @Test
  void onlySocketsWithTheNameOfAServerAreListed() throws IOException {
    assertEquals(List.of(), RunningServer.in(directory));
    RuntimeDirectory.make();
    Files.writeString(directory.resolve("serve-1.sock"), "a file");
    Files.createSymbolicLink(directory.resolve("serve-2.sock"), directory.resolve("mount-70.sock"));
    try (var first = listener("mount-70.sock");
        var second = listener("serve-8.sock");
        var other = listener("other-8.sock");
        var zero = listener("serve-08.sock")) {
      assertTrue(first.isOpen() && second.isOpen() && other.isOpen() && zero.isOpen());
      assertEquals(
          List.of(
              new RunningServer("serve", 8, directory.resolve("serve-8.sock")),
              new RunningServer("mount", 70, directory.resolve("mount-70.sock"))),
          RunningServer.in(directory));
    }
  }

  @Test
  void onlySocketsOfDeadServersAreRemoved() throws IOException {
    RuntimeDirectory.make();
    Path file = Files.writeString(directory.resolve("serve-1.sock"), "a file");
    Path dead = directory.resolve("serve-3.sock");
    Path other = directory.resolve("x.sock");
    listener("serve-3.sock").close();
    listener("x.sock").close();
    try (var alive = listener("mount-4.sock")) {
      assertTrue(alive.isOpen());
      try (Fd lock = Fd.open(directory, Fd.O_RDONLY, 0)) {
        assertTrue(lock.lockExclusive());
        RunningServer.removeDead(directory);
        assertTrue(Files.exists(dead), "somebody is making a socket");
      }
      RunningServer.removeDead(directory);
      assertFalse(Files.exists(dead));
      assertTrue(Files.exists(other));
      assertTrue(Files.exists(directory.resolve("mount-4.sock")));
      assertEquals("a file", Files.readString(file));
    }
  }
}
