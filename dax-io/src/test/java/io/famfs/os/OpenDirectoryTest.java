package io.famfs.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.famfs.core.Errno;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OpenDirectoryTest {
  @TempDir Path folder;

  private static byte[] name(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatIsMadeStandsBelow() throws IOException {
    try (OpenDirectory top = OpenDirectory.open(folder)) {
      top.makeDirectory(name("été"), 01700);
      assertEquals(FileIdentity.Type.DIRECTORY, top.type(name("été")));
      try (OpenDirectory below = top.directory(name("été"));
          Fd file = below.createFile(name("f"), 0600)) {
        assertEquals(0, file.sizeBytes());
        below.changeOwner(Identity.effectiveUid(), Identity.effectiveGid());
      }
      assertNull(top.type(name("f")));
      try (OpenDirectory again = top.again();
          OpenDirectory below = again.directory(name("été"));
          Fd file = below.openFile(name("f"))) {
        assertEquals(FileIdentity.Type.REGULAR, file.identity().type());
      }
    }
    assertEquals(01700, (Integer) Files.getAttribute(folder.resolve("été"), "unix:mode") & 07777);
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Path top = Files.createDirectory(folder.resolve("top"));
    Files.createSymbolicLink(top.resolve("link"), outside);
    Files.createSymbolicLink(top.resolve("dangling"), outside.resolve("new"));
    try (OpenDirectory opened = OpenDirectory.open(top)) {
      assertEquals(FileIdentity.Type.SYMBOLIC_LINK, opened.type(name("link")));
      assertEquals(
          Errno.ENOTDIR,
          assertThrows(ErrnoException.class, () -> opened.directory(name("link")).close()).errno());
      assertThrows(ErrnoException.class, () -> opened.openFile(name("link")).close());
      for (String taken : new String[] {"link", "dangling"}) {
        ErrnoException e =
            assertThrows(ErrnoException.class, () -> opened.createFile(name(taken), 0600).close());
        assertEquals(Errno.EEXIST, e.errno());
        assertThrows(ErrnoException.class, () -> opened.makeDirectory(name(taken), 0700));
      }
    }
    assertEquals(0, outside.toFile().list().length);
  }

  @Test
  void aNameIsOneComponent() throws IOException {
    try (OpenDirectory top = OpenDirectory.open(folder)) {
      for (String bad : new String[] {"", ".", "..", "a/b", "/", "a\0b"}) {
        assertThrows(IllegalArgumentException.class, () -> top.type(name(bad)), bad);
      }
      top.makeDirectory(name("..."), 0700);
      assertEquals(FileIdentity.Type.DIRECTORY, top.type(name("...")));
    }
  }
}
