package io.famfs.os.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.os.Identity;
import io.famfs.os.JavaCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a process that has locked itself in can do, seen in a real one.
@Timeout(120)
class SandboxTest {
  private static final String EPERM = "1";
  private static final String ENOSYS = "38";
  private static final String EAFNOSUPPORT = "97";
  private static final int SIGSYS_EXIT = 128 + 31;

  /// What has to go on, and what answers something else than EPERM.
  private static final Set<String> NEEDED =
      Set.of("read-self", "write-inside", "send", "peer", "recursion", "compiled");

  @TempDir Path folder;

  private int exitCode;

  private List<String> run(String mode, String policy, String user, String what) throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    List<String> command =
        JavaCommand.of(
            List.of("-Xss512k"), LockedIn.class, mode, policy, user, folder.toString(), what);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines = process.inputReader(StandardCharsets.UTF_8).lines().toList();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    exitCode = process.exitValue();
    return lines;
  }

  private static void requireFilters() {
    Assumptions.assumeTrue(
        CallFilter.problem() == null && Landlock.problem() == null && Identity.effectiveUid() == 0,
        () -> "SKIPPED: " + CallFilter.problem() + ", " + Landlock.problem() + ", or not root");
  }

  private static String expected(String what) {
    if (NEEDED.contains(what)) {
      return "ok";
    }
    return switch (what) {
      case "clone3", "unknown" -> ENOSYS;
      case "socket", "socketpair" -> EAFNOSUPPORT;
      default -> EPERM;
    };
  }

  private static void requireLockedIn(List<String> lines) {
    TreeMap<String, String> results = new TreeMap<>();
    for (String line : lines) {
      int colon = line.indexOf(": ");
      if (line.contains(" early: ") || line.contains(" late: ")) {
        results.put(line.substring(0, colon), line.substring(colon + 2));
      }
    }
    String all = String.join("\n", lines);
    assertTrue(results.size() >= 70, all);
    results.forEach((call, result) ->
        assertEquals(expected(call.substring(0, call.indexOf(' '))), result, call));
    assertEquals("end", lines.getLast(), all);
  }

  @Test
  void whatIsForbiddenIsRefusedInEveryThreadAndTheRestGoesOn() throws Exception {
    requireFilters();
    List<String> lines = run("FULL", "ERRNO", "nobody", "all");
    requireLockedIn(lines);
    for (LayerState.Layer layer : LayerState.Layer.values()) {
      assertTrue(
          lines.stream().anyMatch(line -> line.startsWith(layer.label() + ": true, ")),
          layer + " in " + lines);
    }
    assertEquals(0, exitCode);
  }

  @Test
  void rootWithoutAnotherUserIsLockedInAsWell() throws Exception {
    requireFilters();
    List<String> lines = run("AUTO", "ERRNO", "", "all");
    requireLockedIn(lines);
    assertTrue(
        lines.contains("user: false, no user was named: it goes on as root"), lines.toString());
    List<String> full = run("FULL", "ERRNO", "", "all");
    assertEquals(1, exitCode, full.toString());
    assertTrue(full.toString().contains("no user was named"), full.toString());
  }

  @Test
  void aForbiddenCallEndsTheProcessWhereThatIsWanted() throws Exception {
    requireFilters();
    List<String> lines = run("AUTO", "KILL", "", "exec");
    assertEquals(SIGSYS_EXIT, exitCode, lines.toString());
    assertFalse(lines.contains("end"));
  }

  /// What the other tests would see of a sandbox that does nothing.
  @Test
  void withoutASandboxItIsAllowed() throws Exception {
    List<String> lines = run("NONE", "ERRNO", "", "harmless");
    for (String what : List.of("ProcessBuilder", "read-outside", "list-outside", "write-outside")) {
      assertTrue(lines.contains(what + " main: ok"), lines.toString());
    }
  }

  @Test
  void accountsAreFoundByNameAndNumber() {
    assertEquals(new Account("root", 0, 0), Account.parse("root"));
    assertEquals(new Account("root:12", 0, 12), Account.parse("root:12"));
    assertEquals(new Account("7777:root", 7777, 0), Account.parse("7777:root"));
    for (String wrong : List.of("", ":", "7777", "no-such-user", "root:no-such-group", "-1:0")) {
      assertThrows(IllegalArgumentException.class, () -> Account.parse(wrong), wrong);
    }
  }

  @Test
  void everyMachineHasTheNumbersThatAreNeeded() {
    for (SystemCalls.Machine machine : SystemCalls.Machine.values()) {
      Bpf program = CallFilter.program(machine, CallPolicy.ERRNO, true, 1);
      assertTrue(program.size() < Bpf.MAX_INSTRUCTIONS);
      assertEquals(program.size() * Bpf.INSTRUCTION_BYTES, program.bytes().length);
      List<Integer> allowed = SystemCalls.allowed(machine);
      assertEquals(allowed.size(), Set.copyOf(allowed).size());
      for (String never : List.of("execve", "ptrace", "bpf", "mount", "setresuid", "capset")) {
        Integer number = SystemCalls.number(machine, never);
        assertFalse(number == null || allowed.contains(number), never);
      }
    }
    assertNull(SystemCalls.number(SystemCalls.Machine.ARM64, "open"));
  }

  @Test
  void aPlanChangesNothing() throws IOException {
    List<LayerState> plan = Sandbox.plan(SandboxSettings.standard());
    assertEquals(LayerState.Layer.values().length, plan.size());
    assertTrue(Files.readString(Path.of("/proc/self/status")).contains("NoNewPrivs:\t0"));
  }
}
