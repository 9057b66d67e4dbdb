package io.famfs.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptSourcesTest {
  private static final String DEB822 =
      """
      # the archive
      Types: deb deb-src
      URIs: http://mirror.example/debian
      Suites: trixie trixie-updates
      Components: main
       contrib
      Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

      Types: deb
      URIs: http://mirror.example/debian-security
      Suites: trixie-security
      Components: main

      Types: deb
      URIs: http://old.example/debian
      Suites: bookworm
      Components: main
      Enabled: no

      Types: deb-src
      URIs: http://src.example/debian
      Suites: trixie
      Components: main
      """;

  @Test
  void paragraphsAreReadWithoutTheDisabledAndTheSourceOnes() {
    List<AptSources.Entry> entries = AptSources.parseDeb822(DEB822);
    assertEquals(
        List.of("trixie", "trixie-updates", "trixie-security"),
        entries.stream().map(AptSources.Entry::suite).toList());
    assertEquals(List.of("main", "contrib"), entries.getFirst().components());
    assertEquals(Optional.of("http://mirror.example/debian"), AptSources.debianMirror(entries));
  }

  @Test
  void oneLineEntriesAreReadWithOptionsAndComments() {
    List<AptSources.Entry> entries =
        AptSources.parseOneLine(
            """
            # deb http://commented.example/debian bookworm main
            deb-src http://mirror.example/debian bookworm main
            deb [arch=amd64 signed-by=/k.gpg] http://tool.example/apt stable tool # main
            deb\thttp://mirror.example/debian  bookworm main non-free-firmware
            deb http://mirror.example/debian-security bookworm-security main
            nonsense
            """);
    assertEquals(3, entries.size());
    assertEquals("arch=amd64 signed-by=/k.gpg", entries.getFirst().signedBy());
    assertEquals(List.of("tool"), entries.getFirst().components());
    assertEquals(Optional.of("http://mirror.example/debian"), AptSources.debianMirror(entries));
  }

  @Test
  void theFullMirrorIsPreferredToOthersThatUseDebiansSuiteNames() {
    List<AptSources.Entry> entries =
        AptSources.parseOneLine(
            """
            deb http://runner.example/tool/debian bookworm main
            deb http://mirror.example/debian bookworm main
            deb http://mirror.example/debian bookworm-updates main
            deb http://php.example/php bookworm main
            """);
    assertEquals(Optional.of("http://mirror.example/debian"), AptSources.debianMirror(entries));
  }

  @Test
  void mirrorListsAreTakenAsTheyAreAndDiscsAreNot() {
    List<AptSources.Entry> entries =
        AptSources.parseOneLine(
            """
            deb cdrom:[Debian]/ trixie main
            deb mirror+file:/etc/apt/mirrors/debian.list trixie main
            deb mirror+file:/etc/apt/mirrors/debian-security.list trixie main
            """);
    assertEquals(
        Optional.of("mirror+file:/etc/apt/mirrors/debian.list"), AptSources.debianMirror(entries));
  }

  @Test
  void aMachineOfAnotherDistributionHasNoDebianMirror() {
    assertEquals(
        Optional.empty(),
        AptSources.debianMirror(
            AptSources.parseOneLine("deb http://archive.example/ubuntu noble main universe")));
  }

  @Test
  void bothPlacesOfAnAptDirectoryAreRead(@TempDir Path etc) throws Exception {
    assertTrue(AptSources.read(etc).isEmpty());
    Files.writeString(etc.resolve("sources.list"), "deb http://a.example/debian trixie main\n");
    Path parts = Files.createDirectory(etc.resolve("sources.list.d"));
    Files.writeString(parts.resolve("debian.sources"), DEB822);
    Files.writeString(parts.resolve("debian.sources.bak"), DEB822);
    assertEquals(4, AptSources.read(etc).size());
  }
}
