package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `cp` into a volume in a file.
class CopyTest {
  @TempDir(factory = MemoryDirectory.class)
  private Path directory;

  private Path device = Path.of("");
  private Path tree = Path.of("");

  @BeforeEach
  void makeVolumeAndTree() throws IOException {
    device = directory.resolve("volume.img");
    CommandRun.mkfs("--size", "64M", device).done();
    tree = Files.createDirectories(directory.resolve("tree"));
    Files.createDirectories(tree.resolve("sub/deep"));
    Files.writeString(tree.resolve("hello"), "hello\n");
    byte[] large = new byte[5_000_001];
    new SplittableRandom(1).nextBytes(large);
    Files.write(tree.resolve("sub/large"), large);
    Files.createFile(tree.resolve("sub/empty"));
    Files.setPosixFilePermissions(
        tree.resolve("hello"), PosixFilePermissions.fromString("rw-------"));
  }

  private CommandRun cp(Object... arguments) {
    Object[] all = new Object[arguments.length + 3];
    all[0] = "cp";
    all[1] = "--device";
    all[2] = device;
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return CommandRun.famfs(all);
  }

  private List<String> list() {
    return CommandRun.famfs("ls", "-R", "--device", device).done().out().lines().toList();
  }

  private byte[] content(String path) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OpenVolume opened = OpenVolume.forReading(Devices.of(List.of(device)))) {
      FileInode file = Inodes.findFile(opened, Location.of(Devices.of(List.of(device)), path));
      ExtentCursor cursor = new ExtentCursor();
      long at = 0;
      while (at < file.sizeBytes() && file.extents().resolve(at, file.sizeBytes() - at, cursor)) {
        bytes.write(
            opened
                .volume()
                .memory(cursor.deviceIndex())
                .asSlice(cursor.deviceOffset(), cursor.runBytes())
                .toArray(ValueLayout.JAVA_BYTE));
        at += cursor.runBytes();
      }
    }
    return bytes.toByteArray();
  }

  private void assertEqualFiles(String path, Path source) throws IOException {
    assertTrue(java.util.Arrays.equals(Files.readAllBytes(source), content(path)), path);
  }

  @Test
  void aDirectorysContentsGoIntoTheDestination() throws IOException {
    JsonNode result = cp("-r", "--json", tree, "copy").json();
    assertEquals(3, result.get("files").intValue());
    assertEquals(3, result.get("directories").intValue());
    assertEquals(5_000_007, result.get("bytes").longValue());
    assertEquals(
        List.of(
            "copy/",
            "copy/hello",
            "copy/sub/",
            "copy/sub/deep/",
            "copy/sub/empty",
            "copy/sub/large"),
        list());
    assertEqualFiles("copy/hello", tree.resolve("hello"));
    assertEqualFiles("copy/sub/large", tree.resolve("sub/large"));
    assertEquals(0, content("copy/sub/empty").length);
    String line = CommandRun.famfs("ls", "-l", "--device", device, "copy/hello").done().out();
    assertTrue(line.startsWith("-rw------- "), line);
  }

  @Test
  void aCopyCanBeRepeatedAndTakesNewContents() throws IOException {
    cp("-r", tree, "/").done();
    Files.writeString(tree.resolve("hello"), "HELLO\n");
    JsonNode result = cp("-r", "--json", tree, "/").json();
    assertEquals(0, result.get("directories").intValue());
    assertEqualFiles("hello", tree.resolve("hello"));
  }

  @Test
  void aFileWithAnotherSizeIsRefusedAndTheRestIsCopied() throws IOException {
    cp(tree.resolve("hello"), "/").done();
    Files.writeString(tree.resolve("hello"), "longer than before");
    String line = cp("-r", tree, "/").refused(1);
    assertTrue(line.endsWith(":/hello exists already with another size"), line);
    assertEqualFiles("sub/large", tree.resolve("sub/large"));
    assertEquals("hello\n", new String(content("hello"), java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void aFileIsRenamedOrPutIntoADirectory() throws IOException {
    Path hello = tree.resolve("hello");
    cp(hello, "renamed").done();
    CommandRun.famfs("mkdir", "--device", device, "d").done();
    cp(hello, tree.resolve("sub/large"), "d").done();
    cp("-m", "0400", "-u", "12", "-g", "34", hello, "d/other").done();
    assertEquals(List.of("d/", "d/hello", "d/large", "d/other", "renamed"), list());
    String line = CommandRun.famfs("ls", "-l", "--device", device, "d/other").done().out();
    assertTrue(line.matches("-r--------\\s+12\\s+34\\s+6 d/other\\n"), line);
  }

  @Test
  void destinationsThatAreNoDirectoriesAreRefusedOnce() {
    Path hello = tree.resolve("hello");
    cp(hello, "file").done();
    for (String destination : List.of("file", "missing", "missing/", "file/")) {
      assertTrue(
          cp(hello, tree.resolve("sub/large"), destination).refused(1).endsWith("not a directory"));
    }
    assertTrue(cp(hello, "missing/").refused(1).endsWith("not a directory"));
    assertTrue(cp("-r", tree, "file").refused(1).endsWith("not a directory"));
    assertEquals(List.of("file"), list());
  }

  @Test
  void badSourcesAreRefusedBeforeAnythingIsCopied() {
    assertTrue(cp(tree, "/").refused(1).contains("-r"));
    assertTrue(cp(tree.resolve("hello"), tree.resolve("gone"), "/").refused(1).contains("gone"));
    assertEquals(List.of(), list());
  }

  @Test
  void oneOddEntryDoesNotStopTheRest() throws IOException {
    Files.createSymbolicLink(tree.resolve("dangling"), Path.of("nowhere"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("hello"));
    Files.createFile(tree.resolve("n".repeat(90)));
    CommandRun run = cp("-r", tree, "/");
    assertEquals(1, run.code());
    assertEquals(2, run.err().lines().count(), run.err());
    assertTrue(run.err().contains("dangling: neither a file nor a directory"), run.err());
    assertTrue(run.err().contains("longer than 79 bytes"), run.err());
    assertEqualFiles("link", tree.resolve("hello"));
    assertEqualFiles("sub/large", tree.resolve("sub/large"));
  }

  @Test
  void excludedNamesAreLeftOutWithAllTheyHold() throws IOException {
    cp("-r", "--exclude", "sub", tree, "/").done();
    assertEquals(List.of("hello"), list());
  }

  @Test
  void whatDoesNotFitLeavesNoTrace() throws IOException {
    Path huge = directory.resolve("huge");
    try (var file = new java.io.RandomAccessFile(huge.toFile(), "rw")) {
      file.setLength(100L << 20);
    }
    assertTrue(cp(huge, "/").refused(1).contains("no free run"));
    assertEquals(List.of(), list());
    CommandRun.famfs("fsck", device).done();
  }

  @Test
  void aPlanKnowsItsBytesAndItsOrder() throws IOException {
    CopyPlan plan = CopyPlan.of(List.of(tree), true, _ -> true);
    assertEquals(5_000_007, plan.totalBytes());
    assertEquals(
        List.of("", "hello", "sub", "sub/deep", "sub/empty", "sub/large"),
        plan.items().stream().map(CopyPlan.Item::target).toList());
    assertTrue(plan.makesDestination());
    assertThrows(CliException.class, () -> CopyPlan.of(List.of(tree), false, _ -> true));
  }
}
