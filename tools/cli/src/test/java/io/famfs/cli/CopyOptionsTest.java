package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.famfs.os.Identity;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The options of `cp`, and what it does with many files and odd sources.
class CopyOptionsTest {
  @TempDir(factory = MemoryDirectory.class)
  private Path directory;

  private Path device = Path.of("");
  private Path tree = Path.of("");

  @BeforeEach
  void makeVolumeAndTree() throws IOException {
    device = directory.resolve("volume.img");
    CommandRun.mkfs("--size", "160M", device).done();
    tree = Files.createDirectories(directory.resolve("tree"));
    Files.createDirectories(tree.resolve("sub"));
    byte[] large = new byte[5_000_001];
    new SplittableRandom(1).nextBytes(large);
    Files.write(tree.resolve("sub/large"), large);
    Files.createFile(tree.resolve("sub/empty"));
    Files.writeString(tree.resolve("hello"), "hello\n");
  }

  private CommandRun cp(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("cp", "--device", device));
    all.addAll(List.of(arguments));
    return CommandRun.famfs(all.toArray());
  }

  private void change(Path file, long at) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(at);
      int old = access.read();
      access.seek(at);
      access.write(old ^ 1);
    }
  }

  private List<String> list() {
    return CommandRun.famfs("ls", "-R", "--device", device).done().out().lines().toList();
  }

  @Test
  void comparingFindsWhatIsNotEqualAndChangesNothing() throws IOException {
    cp("-r", tree, "/").done();
    byte[] before = Files.readAllBytes(device);
    assertEquals(3, cp("-rc", "--json", tree, "/").json().get("unchanged").intValue());
    change(tree.resolve("sub/large"), 4_000_000);
    change(tree.resolve("sub/large"), 3_333_333);
    Files.writeString(tree.resolve("new"), "new");
    Files.createDirectories(tree.resolve("newdir/deep"));
    Files.writeString(tree.resolve("newdir/deep/file"), "x");
    Files.writeString(tree.resolve("hello"), "longer than before");
    CommandRun run = cp("-r", "-c", "-t", "3", "--json", tree, "/");
    assertEquals(1, run.code());
    assertTrue(run.err().contains("large differs from it at byte 3333333\n"), run.err());
    assertTrue(run.err().contains("/new does not exist\n"), run.err());
    assertTrue(run.err().contains("/newdir does not exist\n"), run.err());
    assertTrue(run.err().contains("/hello exists already with another size\n"), run.err());
    assertEquals(4, run.err().lines().count(), run.err());
    JsonNode result = run.parsed();
    assertEquals(6, result.get("failures").intValue());
    assertEquals(1, result.get("files").intValue());
    assertArrayEquals(before, Files.readAllBytes(device));
    cp("-c", "--resume", tree.resolve("hello"), "/").refused(2);
  }

  @Test
  void aRestartedCopyLeavesAloneWhatIsEqual() throws IOException {
    cp(tree.resolve("sub/large"), tree.resolve("hello"), "/").done();
    Files.move(tree.resolve("sub/large"), tree.resolve("large"));
    assertEquals(2, cp("-r", "--resume", "--json", tree, "/").json().get("unchanged").intValue());
    change(tree.resolve("large"), 17);
    JsonNode result = cp("-r", "--resume", "--json", tree, "/").json();
    assertEquals(3, result.get("files").intValue());
    assertEquals(2, result.get("unchanged").intValue());
    cp("-rc", tree, "/").done();
    // Without the option everything is filled again.
    change(tree.resolve("large"), 18);
    assertEquals(1, cp("-r", "--json", tree, "/").json().get("unchanged").intValue());
    cp("-rc", tree, "/").done();
  }

  @Test
  void preservingKeepsOwnerAndAllPermissionBits() throws IOException {
    Assumptions.assumeTrue(Identity.effectiveUid() == 0, "giving files away takes root");
    Path hello = tree.resolve("hello");
    Files.setAttribute(hello, "unix:uid", 12);
    Files.setAttribute(hello, "unix:gid", 34);
    Files.setAttribute(hello, "unix:mode", 04751);
    cp("-p", hello, "kept").done();
    cp("-p", "-u", "7", hello, "given").done();
    cp(hello, "plain").done();
    List<String> lines =
        CommandRun.famfs("ls", "-l", "--device", device).done().out().lines().toList();
    assertTrue(lines.get(0).matches("-rwsr-x--x\\s+7\\s+34\\s+6 given"), lines.get(0));
    assertTrue(lines.get(1).matches("-rwsr-x--x\\s+12\\s+34\\s+6 kept"), lines.get(1));
    assertTrue(lines.get(2).matches("-rwxr-x--x\\s+0\\s+0\\s+6 plain"), lines.get(2));
  }

  @Test
  void holesOfTheSourceAreZerosWhateverTheSpaceHeldBefore() throws IOException {
    CommandRun.famfs("creat", "-s", "100M", "-r", "-S", "3", "old", "--device", device).done();
    CommandRun.mkfs("-f", device).done();
    Path sparse = directory.resolve("sparse");
    try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
      file.setLength((40 << 20) + 777);
      file.seek((20 << 20) - 5);
      file.write("0123456789".getBytes(StandardCharsets.US_ASCII));
    }
    cp("-t", "2", sparse, "sparse").done();
    cp("-c", sparse, "sparse").done();
    cp("-v", sparse, "sparse").done();
    cp("-c", sparse, "sparse").done();
  }

  @Test
  void manyFilesAreCopiedInTheOrderOfThePlan() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 10; i < 35; i++) {
      byte[] bytes = new byte[random.nextInt(10_000)];
      random.nextBytes(bytes);
      Files.write(tree.resolve("sub/f" + i), bytes);
    }
    byte[] huge = new byte[40_000_000];
    random.nextBytes(huge);
    Files.write(tree.resolve("huge"), huge);
    cp("-r", "-t", "4", tree, "/").done();
    cp("-rc", "-t", "4", tree, "/").done();
    List<String> order =
        CommandRun.famfs("dump", "--json", device)
            .json()
            .get("entries")
            .valueStream()
            .map(entry -> entry.get("path").textValue())
            .filter(path -> !path.equals("sub"))
            .toList();
    assertEquals(list().stream().filter(path -> !path.endsWith("/")).sorted().toList(), order);
    cp("-t", "257", tree.resolve("hello"), "/").refused(2);
    cp("-t", "0", tree.resolve("hello"), "/").done();
  }

  @Test
  void twoSourcesForOneFileAreRefused() throws IOException {
    Path other = Files.writeString(directory.resolve("hello"), "other\n");
    CommandRun.famfs("mkdir", "d", "--device", device).done();
    String line = cp(tree.resolve("hello"), other, "d").refused(1);
    assertTrue(line.endsWith("d/hello is the copy of another source already"), line);
    cp("-c", tree.resolve("hello"), "d/hello").done();
  }

  @Test
  void whatCannotBeMadeIsCountedWithAllBelow() throws IOException {
    CommandRun.famfs("creat", "-s", "1", "sub", "--device", device).done();
    CommandRun run = cp("-r", "--json", tree, "/");
    assertEquals(1, run.code());
    assertEquals(1, run.err().lines().count(), run.err());
    assertEquals(3, run.parsed().get("failures").intValue());
    cp("-c", tree.resolve("hello"), "hello").done();
  }

  @Test
  void aSourceThatChangesItsSizeIsNotCopied() throws IOException {
    Path first = Files.writeString(tree.resolve("a"), "first");
    Path second = Files.writeString(tree.resolve("b"), "second");
    List<String> failures = new ArrayList<>();
    CopyPlan plan = CopyPlan.of(List.of(first, second), false, _ -> true);
    Location root = Location.of(Devices.of(List.of(device)), "/");
    try (Tree volume = Tree.forWriting(root);
        Progress progress = new Progress("cp", plan.totalBytes())) {
      CopyRules rules =
          new CopyRules(
              CopyRules.Action.COPY,
              1,
              false,
              source -> new Ownerships().ofCopy(source, false),
              io.famfs.store.Placement::contiguous);
      Copier copier = new Copier(volume, rules, progress, failures::add);
      // Both sources are open when the first copy ends.
      copier.onCopied(_ -> append(second));
      copier.run(plan, root);
      assertEquals(1, copier.files());
    }
    assertEquals(
        List.of(second + ": the source changed its size from 6 to 10 bytes while it was copied"),
        failures);
    assertEquals(List.of("a"), list());
  }

  private static void append(Path file) {
    try {
      Files.writeString(file, "more", StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aSourceThatBecomesShorterEndsTheRead() throws IOException {
    Path file = Files.writeString(tree.resolve("a"), "0123456789");
    try (CopySource source = CopySource.open(file)) {
      Files.writeString(file, "01234");
      MemorySegment memory = MemorySegment.ofArray(new byte[10]);
      assertThrows(IllegalArgumentException.class, () -> source.read(memory, 0));
      MemorySegment outside = java.lang.foreign.Arena.ofAuto().allocate(10);
      assertThrows(EOFException.class, () -> source.read(outside, 0));
      assertThrows(CliException.class, source::requireSameSize);
    }
  }
}
