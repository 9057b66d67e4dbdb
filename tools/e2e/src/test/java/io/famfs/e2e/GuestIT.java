package io.famfs.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.e2e.GuestResult.Reason;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The harness itself, with guests that have no file system.
class GuestIT {
  private static final Duration BOOT_LIMIT = Duration.ofMinutes(3);
  private static VmImage image;

  @BeforeAll
  static void obtainVm() throws Exception {
    image = TestVm.image();
    System.out.println("[vm] " + image);
  }

  private static GuestSpec spec(String name, String script) {
    return GuestSpec.of(TestVm.console(name), script).memoryMiB(256).timeLimit(BOOT_LIMIT);
  }

  private static GuestResult run(GuestSpec spec) throws IOException, InterruptedException {
    try (GuestRun run = Guest.start(image, spec)) {
      return run.await();
    }
  }

  @Test
  void theExitCodeOfTheScriptAndTheConsoleComeBack() throws Exception {
    GuestResult result = run(spec("exit-code", "echo hello from $(uname -r)\nexit 42\n"));
    assertEquals(Reason.EXIT, result.reason(), result::summary);
    assertEquals(42, result.exitCode(), result::summary);
    assertTrue(result.console().contains("hello from " + image.kernelVersion()), result::summary);
    assertEquals(result.console(), Files.readString(result.consolePath()).replace("\r", ""));
    System.out.printf("[guest] %.1f s in all%n", result.seconds());
  }

  @Test
  void hostWordsReachTheHookAndItsAnswerReachesTheScript() throws Exception {
    List<List<String>> calls = Collections.synchronizedList(new ArrayList<>());
    String script =
        """
        out=$(host add 1 'two words' '' "a
        b%c") || exit 1
        [ "$out" = "got it: 5" ] || exit 2
        host fail; [ $? = 7 ] || exit 3
        host throw > /tmp/thrown; [ $? = 125 ] || exit 4
        grep -q 'not today' /tmp/thrown || exit 5
        host long > /tmp/long || exit 6
        [ "$(wc -c < /tmp/long)" = 32768 ] || exit 7
        for i in 1 2 3 4; do host parallel $i >> /tmp/p & done; wait
        [ "$(sort /tmp/p | tr -d '\\n')" = 1234 ] || exit 8
        """;
    GuestSpec spec =
        spec("host-hook", script)
            .hook(words -> {
              calls.add(words);
              return switch (words.getFirst()) {
                case "add" -> HookResult.ok("got it: " + words.size() + "\n");
                case "fail" -> new HookResult(7, "");
                case "long" -> HookResult.ok("x".repeat(100_000));
                case "parallel" -> HookResult.ok(words.get(1) + "\n");
                default -> throw new IOException("not today");
              };
            });
    GuestResult result = run(spec);
    assertTrue(result.passed(), result::summary);
    assertEquals(List.of("add", "1", "two words", "", "a\nb%c"), calls.getFirst());
    assertEquals(8, calls.size());
  }

  @Test
  void theTestProgramFillsAndChecksAFile() throws Exception {
    String script =
        """
        gtest fill /tmp/f 0 4m 42 mmap && gtest check /tmp/f 0 4m 42 read || exit 1
        gtest check /tmp/f 0 4m 43 mmap; [ $? = 1 ] || exit 2
        (gtest waitfor /tmp/f 8 0102030405060708 30 && echo seen > /tmp/seen) &
        gtest poke /tmp/f 8 0102030405060708; wait
        [ -e /tmp/seen ] && [ $(gtest peek /tmp/f 8) = 0x102030405060708 ] || exit 3
        gtest past /tmp/f && gtest bw /tmp/f 4m 64k mmap 2 && gtest bw /tmp/f 4m 64k read 2 || exit 4
        gtest opcode /tmp/f ioctl
        gtest hold /tmp/f 0 1 || exit 5
        [ "$(cat /etc/greeting)" = hello ] || exit 6
        """;
    GuestResult result = run(spec("gtest", script).file("/etc/greeting", "hello"));
    assertTrue(result.passed(), result::summary);
  }

  /// Whether it has booted by then or not: 8 s are enough for an idle machine only.
  @Test
  void aGuestThatTakesTooLongIsEnded() throws Exception {
    GuestResult result = run(spec("timeout", "sleep 600").timeLimit(Duration.ofSeconds(8)));
    assertEquals(Reason.TIMEOUT, result.reason(), result::summary);
    assertEquals(-1, result.exitCode());
    assertTrue(result.seconds() >= 8, result::summary);
  }

  @Test
  void aGuestDoesNotOutliveTheProcessThatStartedIt() throws Exception {
    Process parent =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                // What it leaves behind when it is killed.
                "-Djava.io.tmpdir=target",
                "-cp",
                "target/classes" + File.pathSeparator + "target/test-classes",
                GuestParent.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = parent.inputReader()) {
      assertEquals("started", out.readLine());
      ProcessHandle qemu = parent.children().findFirst().orElseThrow();
      assertTrue(qemu.isAlive());
      parent.destroyForcibly();
      qemu.onExit().get(60, TimeUnit.SECONDS);
      assertFalse(qemu.isAlive());
    } finally {
      parent.destroyForcibly();
    }
  }

  @Test
  void aPanicIsReportedAsDeath() throws Exception {
    GuestResult result = run(spec("panic", "echo c > /proc/sysrq-trigger; sleep 60"));
    assertEquals(Reason.DIED, result.reason(), result::summary);
    assertEquals(-1, result.exitCode());
    assertTrue(result.console().contains("panic"), result::summary);
  }

  @Test
  void aKilledGuestIsReportedAsDeath() throws Exception {
    try (GuestRun run = Guest.start(image, spec("kill", "sleep 600"))) {
      assertTrue(run.awaitBoot(BOOT_LIMIT));
      assertTrue(run.qmp("query-status").contains("running"));
      assertTrue(run.isRunning());
      run.kill();
      assertEquals(Reason.DIED, run.await().reason());
      assertFalse(run.isRunning());
    }
  }

  @Test
  void aSocketWithoutListenerIsReportedAsNotStarted() throws Exception {
    GuestSpec spec =
        spec("not-started", "exit 0")
            .device(VirtioFsDevice.plain(Path.of("target/nobody-listens"), "data"));
    GuestResult result = run(spec);
    assertEquals(Reason.NOT_STARTED, result.reason(), result::summary);
    assertTrue(result.qemuLog().contains("nobody-listens"), result::summary);
  }

  @Test
  void theCachedVmIsFoundAgainWithoutTheNetwork() throws Exception {
    List<String> said = new ArrayList<>();
    long startNs = System.nanoTime();
    VmImage again = VmImage.obtain(said::add);
    double ms = (System.nanoTime() - startNs) / 1e6;
    System.out.printf("[vm] found again in %.0f ms%n", ms);
    assertEquals(image.directory(), again.directory());
    assertArrayEquals(new String[0], said.toArray());
  }
}
