package io.famfs.e2e.fmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.e2e.JavaCommand;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The number of descriptors a server has open does not depend on how many files its clients know.
@Timeout(600)
class ManyInodesTest {
  /// More than the descriptors a process may have on any host.
  private static final int FILES = 2_000_000;

  @Test
  void noDescriptorIsKeptPerFile() throws Exception {
    Process server =
        new ProcessBuilder(
                JavaCommand.of(List.of("-Xmx3g"), ManyInodes.class, Integer.toString(FILES)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> said = server.inputReader(StandardCharsets.UTF_8).lines().toList();
    assertTrue(server.waitFor(60, TimeUnit.SECONDS));
    assertEquals(3, said.size(), said.toString());
    String before = said.getFirst().substring("0 ".length());
    assertTrue(Integer.parseInt(before) < 100, said.toString());
    assertEquals(List.of("0 " + before, FILES / 2 + " " + before, FILES + " " + before), said);
  }
}
