package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LockHolderTest {
  @Test
  void aProgramOfOursIsNamedAsItWasCalled() {
    List<String> start = List.of("/jdk/bin/java", "-Xmx1g", "--module-path", "/app", "--module");
    assertEquals(
        "famfs serve --device /dev/dax0.0",
        LockHolder.command(
            with(start, "io.famfs.cli/io.famfs.cli.Main", "serve", "--device", "/dev/dax0.0")));
    assertEquals(
        "mkfs.famfs -f x", LockHolder.command(with(start, "io.famfs.cli.MkfsMain", "-f", "x")));
    assertEquals("flock /dev/dax0.0", LockHolder.command(List.of("flock", "/dev/dax0.0", "")));
  }

  private static List<String> with(List<String> start, String... rest) {
    return java.util.stream.Stream.concat(start.stream(), java.util.Arrays.stream(rest)).toList();
  }

  @Test
  void whatAProcessCallsItselfDoesNotReachTheTerminalAsItIs() {
    assertEquals("evil?[31m", LockHolder.command(List.of("evil\u001b[31m")));
    assertEquals(123, LockHolder.command(List.of("x".repeat(5000))).length());
  }

  @Test
  void aLivingProcessIsNamedAndOneThatCannotBeFoundIsNot() {
    long pid = ProcessHandle.current().pid();
    String self = LockHolder.describe(OptionalLong.of(pid));
    assertTrue(self.startsWith("process " + pid + " ("), self);
    assertEquals("another process", LockHolder.describe(OptionalLong.empty()));
  }
}
