package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/// One run of a command inside the test's process.
///
/// @param code its exit code
/// @param out what it printed
/// @param err what it complained about
record CommandRun(int code, String out, String err) {

  static CommandRun famfs(Object... arguments) {
    return run(new FamfsCommand(), arguments);
  }

  static CommandRun mkfs(Object... arguments) {
    return run(new MkfsCommand(), arguments);
  }

  private static CommandRun run(Object command, Object... arguments) {
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = arguments[i].toString();
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = CommandLines.of(command);
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code = line.execute(texts);
    return new CommandRun(code, out.toString(), err.toString());
  }

  /// Asserts that the command did what it should, silently on the error stream.
  CommandRun done() {
    assertEquals("", err);
    assertEquals(0, code, out);
    return this;
  }

  /// Asserts that the command ended with `code` and exactly one line, which it returns.
  String refused(int expectedCode) {
    assertEquals(expectedCode, code, out + err);
    assertEquals(1, err.lines().count(), err);
    return err.strip();
  }

  JsonNode json() throws IOException {
    return done().parsed();
  }

  /// What was printed, as JSON, whatever the exit code.
  JsonNode parsed() throws IOException {
    return new ObjectMapper().readTree(out);
  }
}
