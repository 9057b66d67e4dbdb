package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A finished process: one of the launchers in tools/bin, or another program.
final class Launched {
  static final Path ROOT =
      Path.of(System.getProperty("project.root", "../..")).toAbsolutePath().normalize();
  static final Path BIN = ROOT.resolve("tools/bin");

  private static final long LIMIT_SECONDS = 120;

  private final List<String> command;
  private final int code;
  private final byte[] out;
  private final String err;

  private Launched(List<String> command, int code, byte[] out, String err) {
    this.command = command;
    this.code = code;
    this.out = out;
    this.err = err;
  }

  /// The launcher of a command: `famfs`, or `mkfs.famfs`.
  static String launcher(String name) {
    return BIN.resolve(name).toString();
  }

  /// Runs `famfs` with arguments, as the host whose identity is kept in `home`.
  static Launched famfs(Path home, Object... arguments) throws IOException, InterruptedException {
    return run(home, Map.of(), command("famfs", arguments));
  }

  static Launched mkfs(Path home, Object... arguments) throws IOException, InterruptedException {
    return run(home, Map.of(), command("mkfs.famfs", arguments));
  }

  static List<String> command(String name, Object... arguments) {
    List<String> command = new ArrayList<>(List.of(launcher(name)));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }

  static ProcessBuilder prepared(Path home, Map<String, String> environment, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("FAMFS_SYSTEM_UUID_FILE", home.resolve("system_uuid").toString());
    builder.environment().put("FAMFS_RUNTIME_DIR", home.resolve("run").toString());
    builder.environment().putAll(environment);
    return builder.redirectInput(Path.of("/dev/null").toFile());
  }

  static Launched run(Path home, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    return finish(prepared(home, environment, command), LIMIT_SECONDS);
  }

  static Launched finish(ProcessBuilder builder, long limitSeconds)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("famfs-out", "");
    Path err = Files.createTempFile("famfs-err", "");
    try {
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        throw new IOException(builder.command() + " did not end: " + Files.readString(err));
      }
      return new Launched(
          builder.command(), process.exitValue(), Files.readAllBytes(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /// Starts a server and returns when it has said `ready`.
  static Process server(Path home, Object... arguments) throws IOException {
    Process process =
        prepared(home, Map.of(), command("famfs", arguments))
            .redirectError(home.resolve("server.err").toFile())
            .start();
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = reader.readLine();
    if (!"ready".equals(line)) {
      process.destroyForcibly();
      throw new IOException("no 'ready' but " + line + ": " + errorsOf(home));
    }
    return process;
  }

  /// What the last server of `home` complained about.
  static String errorsOf(Path home) {
    try {
      return Files.readString(home.resolve("server.err"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits for the end of a server and returns its exit code.
  static int end(Process process) throws InterruptedException, IOException {
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("the server does not end");
    }
    return process.exitValue();
  }

  /// Its exit code.
  int code() {
    return code;
  }

  /// The bytes it printed.
  byte[] out() {
    return out;
  }

  /// What it complained about.
  String err() {
    return err;
  }

  String text() {
    return new String(out, StandardCharsets.UTF_8);
  }

  /// Asserts exit code 0 and silence on the error stream.
  Launched done() {
    assertEquals("", err, () -> String.join(" ", command));
    assertEquals(0, code, () -> String.join(" ", command) + "\n" + text());
    return this;
  }

  /// Asserts that it failed and said so in exactly one line, on the error stream or (what fsck
  /// finds) on the other one; returns it. `fsck` has exit codes of its own: 4 for faults, 8 for
  /// everything that keeps it from looking.
  String refused() {
    boolean fsck = command.contains("fsck");
    String said = err + text();
    int expected = !fsck ? 1 : err.isEmpty() ? 4 : 8;
    assertEquals(expected, code, () -> String.join(" ", command) + "\n" + said);
    assertEquals(1, said.lines().count(), said);
    assertTrue(!said.contains("Exception"), said);
    return said.strip();
  }
}
