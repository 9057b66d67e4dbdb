package io.famfs.e2e.cases;

import io.famfs.core.ByteSize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// pjdfstest as it is run here: a copy of its tests that gets names as the format allows them, each
/// file of tests on a volume of its own.
///
/// @param place a directory for the copy and the mounts
/// @param files the files of tests, such as `chmod/00.t`, in order
record PjdfsSuite(Path place, List<String> files) {
  private static final Path LOGS = Path.of("target", "pjdfstest");
  private static final String COMMON = "misc.sh";
  private static final long LIMIT_SECONDS = 180;

  /// `open/25.t` writes behind 2 GiB.
  private static final long DEVICE_BYTES = 3 * ByteSize.GIB;

  private static final Pattern PLAN = Pattern.compile("1\\.\\.(\\d+)");
  private static final Pattern CASE = Pattern.compile("(not )?ok (\\d+)( # todo)?.*");

  /// What became of a case. What the suite itself expects to fail on Linux is neither.
  enum Verdict {
    PASSED,
    FAILED,
    EXPECTED_TO_FAIL
  }

  /// What a file of tests said.
  ///
  /// @param verdicts by the number of the case
  /// @param lines what was said of it
  /// @param problems why it did not say everything
  record Outcome(
      Map<Integer, Verdict> verdicts, Map<Integer, String> lines, List<String> problems) {
    String line(int number) {
      return String.valueOf(lines.get(number));
    }
  }

  /// Copies the tests of a suite and adds what they need on famfs.
  ///
  /// @param suite a directory with the program `pjdfstest` and the directory `tests`
  static PjdfsSuite prepare(Path suite, Path place) throws IOException {
    Path program = suite.resolve("pjdfstest");
    Path tests = suite.resolve("tests");
    if (!Files.isExecutable(program) || !Files.isReadable(tests.resolve(COMMON))) {
      throw new IOException(
          suite + " has no program 'pjdfstest' with 'tests/" + COMMON + "'; build the suite first");
    }
    Path own = place.resolve("suite");
    Files.createDirectories(own);
    Files.copy(program, own.resolve("pjdfstest"));
    List<String> files = copy(tests, own.resolve("tests"));
    try (InputStream addition = PjdfsSuite.class.getResourceAsStream("pjdfstest.sh")) {
      if (addition == null) {
        throw new IOException("pjdfstest.sh is not with the tests");
      }
      Files.write(
          own.resolve("tests").resolve(COMMON), addition.readAllBytes(), StandardOpenOption.APPEND);
    }
    // Other users run the program.
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectories(LOGS);
    return new PjdfsSuite(place, files);
  }

  private static List<String> copy(Path from, Path to) throws IOException {
    List<String> files = new ArrayList<>();
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(directory)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path name = from.relativize(file);
            Files.copy(file, to.resolve(name));
            if (name.toString().endsWith(".t")) {
              files.add(name.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files.stream().sorted().toList();
  }

  /// Runs a file of tests on a new volume. One worker serves it, so that the end of a file that is
  /// closed is always seen before what the next program asks for.
  Outcome run(String file) throws IOException, InterruptedException {
    String name = file.replace('/', '_').replace(".t", "");
    try (HostMount mount = HostMount.of(place.resolve(name), DEVICE_BYTES, 1)) {
      return execute(file, name, mount.directory());
    }
  }

  private Outcome execute(String file, String name, Path mounted)
      throws IOException, InterruptedException {
    Path log = LOGS.resolve(name + ".log").toAbsolutePath();
    Process process =
        new ProcessBuilder("sh", place.resolve("suite/tests").resolve(file).toString())
            .directory(mounted.toFile())
            .redirectOutput(log.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    Outcome outcome = parse(file, Files.readAllLines(log));
    if (!ended) {
      outcome.problems.add(file + " was still running after " + LIMIT_SECONDS + " s");
    }
    return outcome;
  }

  private static Outcome parse(String file, List<String> lines) {
    Outcome outcome = new Outcome(new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
    int planned = -1;
    for (String line : lines) {
      Matcher plan = PLAN.matcher(line);
      Matcher said = CASE.matcher(line);
      if (plan.matches()) {
        planned = Integer.parseInt(plan.group(1));
      } else if (said.matches()) {
        int number = Integer.parseInt(said.group(2));
        boolean failed = said.group(1) != null;
        boolean expected = said.group(3) != null;
        Verdict verdict = failed ? Verdict.FAILED : Verdict.PASSED;
        outcome.verdicts.put(number, expected && failed ? Verdict.EXPECTED_TO_FAIL : verdict);
        outcome.lines.put(number, line);
      }
    }
    if (planned != outcome.verdicts.size()) {
      outcome.problems.add(
          file + " planned " + planned + " cases and ran " + outcome.verdicts.size());
    }
    return outcome;
  }
}
