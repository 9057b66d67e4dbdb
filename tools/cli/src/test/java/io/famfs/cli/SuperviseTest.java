package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.os.handover.Supervisor;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `famfs supervise` as a process with a process of its own, over a launcher made for the test that
/// notes each start.
@Timeout(180)
class SuperviseTest {
  private static final String SERVING = "serving as process ";

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private Path device;
  private Path starts;
  private Path launcher;
  private final List<Process> running = new ArrayList<>();

  @BeforeEach
  void prepare() throws IOException {
    device = directory.resolve("device");
    starts = directory.resolve("starts");
    launcher = directory.resolve("launcher");
  }

  @AfterEach
  void end() {
    running.forEach(process -> {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    });
  }

  private static List<String> java(String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of(options));
    String path = System.getProperty("java.class.path");
    path += File.pathSeparator + System.getProperty("jdk.module.path", "");
    command.addAll(List.of("-cp", path, Main.class.getName()));
    return command;
  }

  /// @param program what each start runs, with its own arguments behind it
  private Process supervise(String program, String... arguments) throws IOException {
    String script = "#!/bin/sh\necho \"$*\" >> '" + starts + "'\n" + program + "\n";
    Files.writeString(launcher, script);
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
    List<String> command = java("-Dfamfs.launcher=" + launcher);
    command.add("supervise");
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(directory.resolve("errors").toFile());
    builder.environment().put("FAMFS_STATE_DIR", directory.resolve("state").toString());
    builder.environment().put("FAMFS_RUNTIME_DIR", directory.resolve("runtime").toString());
    Process process = builder.start();
    running.add(process);
    return process;
  }

  private static String famfs() {
    return "exec '" + String.join("' '", java()) + "' \"$@\"";
  }

  private static long served(BufferedReader from) throws IOException {
    String line = from.readLine();
    assertTrue(line != null && line.startsWith(SERVING), line);
    return Long.parseLong(line.substring(SERVING.length()));
  }

  private String errors() throws IOException {
    return Files.readString(directory.resolve("errors"));
  }

  private int exit(Process process) throws InterruptedException {
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
    return process.exitValue();
  }

  private static void kill(long pid, String signal) throws IOException, InterruptedException {
    assertEquals(0, new ProcessBuilder("kill", signal, Long.toString(pid)).start().waitFor());
  }

  @Test
  void serverIsStartedAgainWhenItEndsAndEndsWithItsSupervisor() throws Exception {
    CommandRun.mkfs("--size", "32M", device).done();
    Path socket = directory.resolve("socket");
    String at = socket + ",tag=kept";
    Process process = supervise(famfs(), "serve", "--device", device.toString(), "--socket", at);
    try (BufferedReader said = process.inputReader()) {
      assertEquals("ready", said.readLine(), errors());
      long first = served(said);
      kill(first, "-KILL");
      assertEquals("ready", said.readLine(), errors());
      long second = served(said);
      assertNotEquals(first, second);
      kill(second, "-TERM");
      assertEquals("ready", said.readLine(), errors());
      long third = served(said);
      assertTrue(Files.exists(socket));
      kill(process.pid(), "-TERM");
      assertEquals(0, exit(process), errors());
      assertFalse(ProcessHandle.of(third).filter(ProcessHandle::isAlive).isPresent());
      assertFalse(Files.exists(socket), "the socket is removed in the end");
    }
    assertEquals(3, Files.readAllLines(starts).size());
  }

  @Test
  void serverThatEndsBeforeItServesIsGivenUpWithAMessage() throws Exception {
    Process process = supervise("exit 3", "serve", "--socket", "s");
    assertEquals(1, exit(process), errors());
    assertEquals(Supervisor.MAX_FAILURES, Files.readAllLines(starts).size());
    assertTrue(errors().contains("with 3 at last; given up: its clients are lost"), errors());
  }

  @Test
  void serverThatIsUsedWronglyIsStartedOnce() throws Exception {
    Process process = supervise(famfs(), "serve", "--no-such-option");
    assertEquals(2, exit(process), errors());
    assertEquals(1, Files.readAllLines(starts).size());
    assertTrue(errors().contains("--no-such-option"), errors());
  }

  @Test
  void onlyServersAreSupervised() {
    String line = CommandRun.famfs("supervise", "ls", "/").refused(2);
    assertTrue(line.contains("only 'famfs serve' and 'famfs mount'"), line);
  }

  @Test
  void mountOutlivesItsServerAndItsEndEndsTheSupervisor() throws Exception {
    boolean root = System.getProperty("user.name").equals("root");
    Assumptions.assumeTrue(
        root && Files.isWritable(Path.of("/dev/fuse")), "mounting needs root and /dev/fuse");
    CommandRun.mkfs("--size", "32M", device).done();
    Path mount = Files.createDirectory(directory.resolve("mount"));
    Process process = supervise(famfs(), "mount", device.toString(), mount.toString());
    try (BufferedReader said = process.inputReader()) {
      assertEquals("ready", said.readLine(), errors());
      long first = served(said);
      Process copy = new ProcessBuilder("cp", launcher.toString(), mount + "/copy").start();
      assertEquals(0, exit(copy));
      kill(first, "-KILL");
      Process read = new ProcessBuilder("cmp", launcher.toString(), mount + "/copy").start();
      assertEquals(0, exit(read), "it waits for the next server");
      assertEquals("ready", said.readLine(), errors());
      assertNotEquals(first, served(said));
      assertEquals(0, exit(new ProcessBuilder("umount", mount.toString()).start()));
      assertEquals(0, exit(process), errors());
    }
    List<String> started = Files.readAllLines(starts);
    assertEquals(2, started.size());
    assertTrue(started.getFirst().startsWith("mount --foreground "), started.getFirst());
  }
}
