package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// House rules no other tool checks, over every text file of the tree.
class TidyTest {
  private static final Path ROOT = Path.of(System.getProperty("project.root", "../.."));
  private static final Set<String> TEXT = Set.of("java", "md", "xml", "sh", "c", "txt", "json");

  /// A line of unfinished work, a path of somebody's machine, an address of a package registry
  /// (names under `.example` are nobody's, RFC 2606). Written in pieces, so that this file does not
  /// match itself.
  private static final Pattern BANNED =
      Pattern.compile(
          "\\b(TO"
              + "DO|FIX"
              + "ME|X"
              + "XX|HA"
              + "CK)\\b"
              + "|/(wo"
              + "rk|farm|home)/[a-z]"
              + "|https?://(?![a-z.]*\\.example/|127\\.0\\.0\\.1)[^ ]*/(deb"
              + "ian|mav"
              + "en2)(/|$)"
              + "|deb\\.deb"
              + "ian\\.org|repo\\.mav"
              + "en\\.apache");

  private static final Pattern SLEEP = Pattern.compile("Thread\\.sl" + "eep\\(|\\.sl" + "eep\\(");

  @Test
  void noLineIsUnfinishedOrNamesAMachine() throws IOException {
    assertNoLine(BANNED, textFiles());
  }

  @Test
  void nothingSleepsInsteadOfWaitingForAnEvent() throws IOException {
    assertNoLine(SLEEP, javaFiles());
  }

  @Test
  void namesCarryNoEmptyWords() throws IOException {
    Pattern empty = Pattern.compile(".*(Manager|Helper|Util|Utils|Impl|Data|Info)\\.java");
    List<String> bad =
        javaFiles().stream().map(Path::toString).filter(empty.asPredicate()).toList();
    assertEquals(List.of(), bad);
  }

  @Test
  void topLevelHoldsOnlyWhatBelongsThere() throws IOException {
    Set<String> allowed =
        Set.of(
            "pom.xml",
            "famfs-core",
            "extent-map",
            "dax-io",
            "fuse-bridge",
            "tools",
            "README.md",
            "mvnw",
            "LICENSE",
            "CHANGELOG.md",
            "target");
    try (Stream<Path> entries = Files.list(ROOT)) {
      List<String> odd =
          entries
              .map(p -> p.getFileName().toString())
              .filter(n -> !n.startsWith(".") && !allowed.contains(n))
              .toList();
      assertEquals(List.of(), odd);
    }
  }

  @Test
  void everyModuleExplainsItself() {
    for (String module :
        List.of("famfs-core", "extent-map", "dax-io", "fuse-bridge", "tools/e2e", "tools/cli")) {
      assertTrue(Files.exists(ROOT.resolve(module).resolve("README.md")), module + "/README.md");
    }
  }

  private static void assertNoLine(Pattern pattern, List<Path> files) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
      for (int i = 0; i < lines.size(); i++) {
        if (pattern.matcher(lines.get(i)).find()) {
          found.add(ROOT.relativize(file) + ":" + (i + 1) + ": " + lines.get(i).strip());
        }
      }
    }
    assertEquals(List.of(), found);
  }

  private static List<Path> javaFiles() throws IOException {
    return textFiles().stream().filter(p -> p.toString().endsWith(".java")).toList();
  }

  private static List<Path> textFiles() throws IOException {
    try (Stream<Path> walk = Files.walk(ROOT)) {
      return walk.filter(Files::isRegularFile)
          .filter(p -> isProjectText(ROOT.relativize(p)))
          .toList();
    }
  }

  private static boolean isProjectText(Path path) {
    for (Path part : path) {
      String name = part.toString();
      if (name.equals("target") || name.equals(".git") || name.equals("golden")) {
        return false;
      }
    }
    String name = path.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot < 0 || TEXT.contains(name.substring(dot + 1));
  }
}
