package io.famfs.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
  private static final Manifest MANIFEST =
      new Manifest(
          "7.3.4+deb13-cloud-amd64",
          List.of("trixie; date Sat, 12 Sep 2026 07:55:41 UTC; valid until further notice"),
          List.of(new Manifest.Deb("qemu-system-x86", "1:11.1.3+ds-1", 123, "0a0b")),
          List.of(new Manifest.Entry("root/a file", 3), new Manifest.Entry("vmlinuz", 5)));

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    assertEquals(MANIFEST, Manifest.parse(MANIFEST.format()));
    assertEquals("11.1.3+ds", MANIFEST.version("qemu-system-x86").orElseThrow().upstream());
  }

  @Test
  void aManifestCutAnywhereIsRefused() {
    String text = MANIFEST.format();
    for (int end = 0; end < text.length() - 1; end++) {
      String cut = text.substring(0, end);
      assertThrows(IOException.class, () -> Manifest.parse(cut), cut);
    }
  }

  @Test
  void linesThatMakeNoSenseAreRefused() {
    for (String line : List.of("what 1", "file x y", "file 3", "package a b", "kernel")) {
      String text = MANIFEST.format().replace("end\n", line + "\nend\n");
      assertThrows(IOException.class, () -> Manifest.parse(text), line);
    }
  }

  @Test
  void aDirectoryMatchesWhenEveryFileHasItsSize(@TempDir Path top) throws IOException {
    assertFalse(Manifest.read(top).isPresent());
    Files.createDirectory(top.resolve("root"));
    Files.writeString(top.resolve("root/a file"), "abc");
    assertFalse(MANIFEST.matches(top));
    Files.writeString(top.resolve("vmlinuz"), "12345");
    assertTrue(MANIFEST.matches(top));
    assertEquals(MANIFEST.files(), Manifest.list(top));
    Files.writeString(top.resolve("vmlinuz"), "1234");
    assertFalse(MANIFEST.matches(top));
  }
}
