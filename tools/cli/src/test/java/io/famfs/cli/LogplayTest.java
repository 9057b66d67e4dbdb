package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.famfs.os.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `famfs logplay`, against the trees that the reference made of the same images.
class LogplayTest {
  private static final String TREE = "g2-tree-512M";

  @TempDir private Path folder;
  private Path shadow;

  @BeforeEach
  void makeFolder() throws IOException {
    shadow = Files.createDirectory(folder.resolve("shadow"));
  }

  @ParameterizedTest
  @ValueSource(strings = {TREE, "g3-interleaved-16G"})
  void theShadowTreeIsTheOneOfTheReference(String name) throws IOException {
    assumeTrue(Identity.effectiveUid() == 0, "owners can be set by root only");
    Path device = GoldenVolume.unpack(name, folder);
    CommandRun.famfs("logplay", "--device", device, "--shadow", shadow, "--shadowtest").done();
    Path root = shadow.resolve("root");
    List<String> expected = new ArrayList<>();
    List<String> found = new ArrayList<>();
    for (JsonNode entry : GoldenVolume.json(name + ".shadow.json")) {
      Path path = root.resolve(entry.get("path").textValue());
      expected.add(line(entry));
      found.add(line(root, path));
    }
    assertEquals(expected, found);
    try (Stream<Path> walk = Files.walk(root)) {
      assertEquals(expected.size(), walk.filter(p -> !p.equals(root)).count());
    }
  }

  private static String line(JsonNode entry) throws IOException {
    boolean directory = !entry.has("text");
    int mode = Integer.parseInt(entry.get("mode").textValue(), 8);
    // The reference ran with 022.
    assertEquals(0, mode & 022);
    return entry.get("path").textValue()
        + " "
        + Integer.toOctalString(mode & ~umask())
        + " "
        + entry.get("uid")
        + " "
        + entry.get("gid")
        + "\n"
        + (directory ? "" : entry.get("text").textValue());
  }

  private static String line(Path root, Path path) throws IOException {
    int mode = (Integer) Files.getAttribute(path, "unix:mode") & 07777;
    // A umask that lets more through than 022 is taken out of the comparison.
    return root.relativize(path)
        + " "
        + Integer.toOctalString(mode & ~022)
        + " "
        + Files.getAttribute(path, "unix:uid")
        + " "
        + Files.getAttribute(path, "unix:gid")
        + "\n"
        + (Files.isDirectory(path) ? "" : Files.readString(path));
  }

  private static int umask() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("Umask:"))
        .map(line -> Integer.parseInt(line.substring(6).strip(), 8))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aSecondReplayFindsEverythingThere() throws IOException {
    Path device = GoldenVolume.unpack(TREE, folder);
    CommandRun.famfs("logplay", "--device", device, "--shadow", shadow).done();
    JsonNode again =
        CommandRun.famfs("logplay", "-d", device, "-S", shadow, "-s", "-c", "--json").json();
    assertEquals(19, again.get("shadow_files").get("present").intValue());
    assertEquals(10, again.get("shadow_directories").get("present").intValue());
    assertEquals(0, again.get("shadow_files").get("made").intValue());
    assertEquals(19, again.get("compared").intValue());
    assertEquals(0, again.get("different").intValue());
  }

  @Test
  void aChangedTextIsFoundWhenAskedFor() throws IOException {
    Path device = GoldenVolume.unpack(TREE, folder);
    CommandRun.famfs("logplay", "--device", device, "--shadow", shadow).done();
    Path file = shadow.resolve("root/page");
    String good = Files.readString(file);
    List<String> changed =
        List.of(
            good.replace("4096", "4097"),
            good.replace("0xc00000", "0xe00000"),
            good.replace("  uid: 0\n", ""),
            good.replace("  uid: 0\n", "  uid: 0\n  colour: 3\n"),
            good.replace("mode: 0600", "mode: 600"),
            good.replace("path: page", "path: paGe"),
            "",
            "{[",
            "--- 3\n...\n",
            "--- &a\nfile: *a\n...\n",
            "x".repeat(1 << 17));
    Files.writeString(file, "");
    CommandRun.famfs("logplay", "--device", device, "--shadow", shadow).done();
    for (String text : changed) {
      assertFalse(text.equals(good));
      Files.writeString(file, text);
      CommandRun run = CommandRun.famfs("logplay", "--device", device, "--shadow", shadow, "-s");
      assertTrue(run.refused(1).contains("page"), run.err());
    }
  }

  @Test
  void aDryRunWritesNothingAndShowsTheTexts() throws IOException {
    Path device = GoldenVolume.unpack(TREE, folder);
    String out = CommandRun.famfs("logplay", "-nv", "-d", device, "-S", shadow).done().out();
    for (JsonNode entry : GoldenVolume.json(TREE + ".shadow.json")) {
      assertTrue(!entry.has("text") || out.contains(entry.get("text").textValue()));
    }
    try (Stream<Path> list = Files.list(shadow)) {
      assertEquals(0, list.count());
    }
  }

  @Test
  void nothingIsWrittenThroughLinks() throws IOException {
    Path device = GoldenVolume.unpack(TREE, folder);
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Path victim = Files.writeString(folder.resolve("victim"), "mine");
    Path root = Files.createDirectory(shadow.resolve("root"));
    Files.createSymbolicLink(root.resolve("alpha"), outside);
    Files.createSymbolicLink(root.resolve("page"), victim);
    Files.createSymbolicLink(root.resolve("one"), folder.resolve("missing"));
    Files.createDirectory(root.resolve("au"));
    CommandRun run = CommandRun.famfs("logplay", "--device", device, "--shadow", shadow);
    assertEquals(1, run.code());
    TreeSet<String> named = new TreeSet<>();
    run.err().lines().forEach(line -> named.add(line.replaceFirst(".* (\\S+): .*", "$1")));
    assertTrue(named.containsAll(List.of("page", "one", "alpha", "au")), run.err());
    try (Stream<Path> list = Files.list(outside)) {
      assertEquals(0, list.count());
    }
    assertEquals("mine", Files.readString(victim));
    assertFalse(Files.exists(folder.resolve("missing")));
    assertTrue(Files.exists(root.resolve("deep/a/b/c/d/leaf")));
  }

  @Test
  void aRootThatIsALinkIsRefused() throws IOException {
    Path device = GoldenVolume.unpack(TREE, folder);
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.createSymbolicLink(shadow.resolve("root"), outside);
    CommandRun.famfs("logplay", "--device", device, "--shadow", shadow).refused(1);
    try (Stream<Path> list = Files.list(outside)) {
      assertEquals(0, list.count());
    }
  }

  @Test
  void withoutAShadowItReports() throws IOException {
    Path device = GoldenVolume.unpack(TREE, folder);
    JsonNode report = CommandRun.famfs("logplay", "--device", device, "--json").json();
    assertEquals(29, report.get("log_entries").intValue());
    assertEquals(19, report.get("files").intValue());
    assertEquals(0, report.get("fault_count").intValue());
    CommandRun.famfs("logplay").refused(2);
    CommandRun.famfs("logplay", "-mr", "-d", device).refused(2);
    CommandRun.famfs("logplay", "-s", "-d", device).refused(2);
    CommandRun.famfs("logplay", "-d", device, "-S", folder.resolve("none")).refused(1);
  }
}
