package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// pjdfstest on mounts of this host: every case passes but those that the format cannot support,
/// which `pjdfstest-impossible.txt` lists with a reason for each; and of those none passes. The
/// suite is not ours and not here: `FAMFS_PJDFSTEST` names a directory with its program, built, and
/// its tests. What each case did is in `target/pjdfstest`.
class PjdfsTest {
  static final String SUITE = "FAMFS_PJDFSTEST";

  /// Most cases wait for a clock to go on, so more files than processors run at once.
  private static final int AT_ONCE = 4;

  @TempDir Path place;

  /// The rules of the list hold in every build, also where the suite is not.
  @Test
  void theListIsWellFormed() throws IOException {
    ImpossibleCases impossible = ImpossibleCases.load();
    assertTrue(impossible.count() > 0);
    assertEquals(
        impossible.count(),
        impossible.countsByReason().values().stream().mapToInt(Integer::intValue).sum());
  }

  @Test
  void whatTheFormatCanSupportPasses() throws Exception {
    PjdfsSuite suite = suite();
    ImpossibleCases impossible = ImpossibleCases.load();
    List<String> wrong = new ArrayList<>();
    Map<PjdfsSuite.Verdict, Integer> counts = new EnumMap<>(PjdfsSuite.Verdict.class);
    for (Map.Entry<String, PjdfsSuite.Outcome> file : runAll(suite).entrySet()) {
      wrong.addAll(file.getValue().problems());
      file.getValue().verdicts().forEach((_, verdict) -> counts.merge(verdict, 1, Integer::sum));
      wrong.addAll(compare(file.getKey(), file.getValue(), impossible));
    }
    wrong.addAll(impossible.filesNotIn(suite.files()));
    System.out.printf(
        "[pjdfstest] %s; %d are impossible: %s%n",
        counts, impossible.count(), impossible.countsByReason());
    assertTrue(wrong.isEmpty(), () -> wrong.size() + ":\n" + String.join("\n", wrong));
  }

  private PjdfsSuite suite() throws IOException {
    String directory = System.getenv(SUITE);
    if (directory == null) {
      System.err.println("*** SKIPPED: " + SUITE + " names no directory with pjdfstest ***");
    }
    Assumptions.assumeTrue(directory != null, SUITE + " is not set");
    HostMount.assume(place);
    return PjdfsSuite.prepare(Path.of(String.valueOf(directory)), place);
  }

  private static Map<String, PjdfsSuite.Outcome> runAll(PjdfsSuite suite) throws Exception {
    Map<String, Future<PjdfsSuite.Outcome>> running = new TreeMap<>();
    Map<String, PjdfsSuite.Outcome> outcomes = new TreeMap<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (String file : suite.files()) {
        running.put(file, threads.submit(() -> suite.run(file)));
      }
      for (Map.Entry<String, Future<PjdfsSuite.Outcome>> run : running.entrySet()) {
        outcomes.put(run.getKey(), run.getValue().get());
      }
    }
    return outcomes;
  }

  private static List<String> compare(
      String file, PjdfsSuite.Outcome outcome, ImpossibleCases impossible) {
    List<String> wrong = new ArrayList<>();
    outcome
        .verdicts()
        .forEach((number, verdict) -> {
          String reason = impossible.reason(file, number);
          if (verdict == PjdfsSuite.Verdict.FAILED && reason == null) {
            wrong.add(file + " " + number + " fails: " + outcome.line(number));
          }
          if (verdict == PjdfsSuite.Verdict.PASSED && reason != null) {
            wrong.add(file + " " + number + " passes, but is listed as '" + reason + "'");
          }
        });
    for (int number : impossible.numbers(file)) {
      if (!outcome.verdicts().containsKey(number)) {
        wrong.add(file + " " + number + " is listed, but there is no such case");
      }
    }
    return wrong;
  }
}
