package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

class SeeingOptionsTest {
  @Command(name = "some")
  static final class Some {
    @Mixin SeeingOptions seeing = new SeeingOptions();
    @Parameters List<String> rest = new ArrayList<>();
  }

  private static Some parse(String... arguments) {
    Some some = new Some();
    new CommandLine(some).parseArgs(arguments);
    return some;
  }

  private static String misuse(boolean background, String... arguments) {
    SeeingOptions seeing = parse(arguments).seeing;
    CliException e = assertThrows(CliException.class, () -> seeing.visibility("mount", background));
    assertTrue(e.misuse());
    return e.getMessage();
  }

  @Test
  void aTraceTakesItsFileOnlyWithAnEqualsSign() {
    Some some = parse("--trace", "device", "directory");
    assertEquals(List.of("device", "directory"), some.rest);
    assertEquals(List.of("--trace="), some.seeing.arguments());
    assertEquals(List.of("--trace=f"), parse("--trace=f", "a").seeing.arguments());
    assertEquals(List.of("a"), parse("a", "--trace").rest);
    assertEquals(List.of(), parse("a").seeing.arguments());
  }

  @Test
  void optionsAreHandedOnAsTheyWereGiven() {
    String[] given = {
      "--trace=f",
      "--trace-ops",
      "read,WRITE",
      "--metrics",
      "unix:/a b",
      "--metrics",
      "127.0.0.1:9100",
      "--no-latencies",
      "--no-control"
    };
    List<String> arguments = parse(given).seeing.arguments();
    assertEquals(List.of(given), arguments);
    assertEquals(arguments, parse(arguments.toArray(String[]::new)).seeing.arguments());
  }

  @Test
  void anUnknownOperationIsMisuseWithTheNearestNames() {
    assertEquals(
        "--trace-ops: there is no operation 'lokup': did you mean LOOKUP?",
        misuse(false, "--trace", "--trace-ops", "READ,lokup"));
    String all = misuse(false, "--trace", "--trace-ops", "xyzzyxyzzy");
    assertTrue(all.contains(": there are LOOKUP, FORGET, "), all);
    assertTrue(misuse(false, "--trace-ops", "READ").contains("needs --trace"));
    assertTrue(misuse(true, "--trace").contains("--trace=FILE"));
    parse("--trace=f", "--trace-ops", "setupmapping").seeing.visibility("mount", true).close();
  }

  @Test
  void onlyThisHostIsToldMetrics() {
    for (String bad : List.of("0.0.0.0:80", "9100", "unix:", "10.0.0.1:9100")) {
      assertThrows(CommandLine.ParameterException.class, () -> parse("--metrics", bad), bad);
    }
  }

  @Test
  void distancesAreThoseOfLevenshtein() {
    assertEquals(0, Suggestions.distance("READ", "READ"));
    assertEquals(4, Suggestions.distance("", "READ"));
    assertEquals(1, Suggestions.distance("REED", "READ"));
    assertEquals(3, Suggestions.distance("KITTEN", "SITTING"));
  }

  @Test
  void aServerWithoutOptionsMeasuresAndDoesNotTrace() throws Exception {
    try (Visibility standard = parse().seeing.visibility("mount", true)) {
      assertTrue(standard.observe().latencies());
      assertNull(standard.observe().trace());
    }
    try (Visibility fast = parse("--no-latencies").seeing.visibility("mount", true)) {
      assertFalse(fast.observe().latencies());
    }
  }
}
