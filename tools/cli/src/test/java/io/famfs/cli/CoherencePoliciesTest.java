package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.dax.Coherence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoherencePoliciesTest {
  private static final Path FIRST = Path.of("/dev/dax0.0");
  private static final Path SECOND = Path.of("/dev/dax=1.0");

  @TempDir private Path folder;

  @Test
  void devicesThatAreNotNamedHaveTheCommonPolicy() {
    CoherencePolicies policies = CoherencePolicies.parse(List.of("coherent", "/dev/dax=1.0=flush"));
    assertEquals(Coherence.COHERENT, policies.of(FIRST));
    assertEquals(Coherence.FLUSH, policies.of(SECOND));
    assertEquals(Coherence.AUTO, CoherencePolicies.parse(List.of()).of(FIRST));
  }

  @Test
  void aDeviceIsTheSameThroughALink() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertEquals(Coherence.FLUSH, CoherencePolicies.parse(List.of(link + "=flush")).of(file));
  }

  @Test
  void whatIsNoPolicyOrNoDeviceIsRefused() {
    for (String word : List.of("", "FLUSH", "none", "/dev/dax0.0=", "/dev/dax0.0")) {
      assertThrows(CliException.class, () -> CoherencePolicies.parse(List.of(word)), word);
    }
    CoherencePolicies policies = CoherencePolicies.parse(List.of("/dev/dax7.0=flush"));
    CliException refused =
        assertThrows(CliException.class, () -> new Devices(List.of(FIRST), policies));
    assertTrue(String.valueOf(refused.getMessage()).contains("/dev/dax7.0"));
  }
}
