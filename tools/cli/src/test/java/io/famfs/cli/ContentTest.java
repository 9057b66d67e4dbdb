package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.famfs.core.RandomContent;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `creat` with content, and `verify`, on a volume in a file.
class ContentTest {
  private static final int SIZE = 5_000_003;

  @TempDir(factory = MemoryDirectory.class)
  private Path directory;

  private Path device = Path.of("");

  @BeforeEach
  void makeVolume() {
    device = directory.resolve("volume.img");
    CommandRun.mkfs("--size", "64M", device).done();
  }

  private CommandRun run(String command, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of(command, "--device", device));
    all.addAll(List.of(arguments));
    return CommandRun.famfs(all.toArray());
  }

  private byte[] content(String path) throws IOException {
    try (OpenVolume opened = OpenVolume.forReading(Devices.of(List.of(device)))) {
      FileInode file = Inodes.findFile(opened, Location.of(Devices.of(List.of(device)), path));
      byte[] bytes = new byte[(int) file.sizeBytes()];
      ExtentCursor cursor = new ExtentCursor();
      assertTrue(bytes.length == 0 || file.extents().resolve(0, bytes.length, cursor));
      MemorySegment.copy(
          opened.volume().memory(0),
          ValueLayout.JAVA_BYTE,
          cursor.deviceOffset(),
          bytes,
          0,
          bytes.length);
      return bytes;
    }
  }

  /// Changes one byte of a file behind the back of everybody.
  private void corrupt(String path, long at) throws IOException {
    try (OpenVolume opened = OpenVolume.forWriting(Devices.of(List.of(device)))) {
      FileInode file = Inodes.findFile(opened, Location.of(Devices.of(List.of(device)), path));
      ExtentCursor cursor = new ExtentCursor();
      assertTrue(file.extents().resolve(at, 1, cursor));
      MemorySegment memory = opened.volume().memory(cursor.deviceIndex());
      byte old = memory.get(ValueLayout.JAVA_BYTE, cursor.deviceOffset());
      memory.set(ValueLayout.JAVA_BYTE, cursor.deviceOffset(), (byte) (old ^ 0x10));
    }
  }

  @Test
  void contentIsThatOfTheSeedAndIsVerified() throws IOException {
    run("creat", "-s", SIZE, "-r", "-S", "42", "f").done();
    byte[] expected = new byte[SIZE];
    RandomContent.of(42).fill(MemorySegment.ofArray(expected), 0, SIZE);
    assertTrue(java.util.Arrays.equals(expected, content("f")));
    assertEquals(
        device + ":/f: " + SIZE + " bytes verified\n",
        run("verify", "-S", "42", "-f", "f").done().out());
    assertEquals("", run("verify", "-q", "-S", "0x2a", "f").done().out());
    assertEquals("", run("verify", "-q", "-S", "052", "f").done().out());
    // Only 32 bits count, as for the reference.
    run("verify", "-S", "0x70000002a", "f").done();
    assertTrue(run("verify", "--seed64", "0x70000002a", "f").refused(1).contains("at byte 0 of"));
  }

  @Test
  void seedsOfSixtyFourBitsHaveTheirOwnOption() {
    run("creat", "-s", "100k", "-r", "--seed64", "0xfedcba9876543210", "f").done();
    run("verify", "--seed64", "0xfedcba9876543210", "f").done();
    run("verify", "-S", "0xfedcba9876543210", "f").refused(1);
  }

  @Test
  void theFirstBadGroupIsNamed() throws IOException {
    run("creat", "-s", SIZE, "-r", "-S", "7", "f").done();
    for (int at : new int[] {SIZE - 1, SIZE - 3, 3_000_002, 3_000_001, 1 << 20, 4095, 5, 0}) {
      corrupt("f", at);
      String line = run("verify", "-S", "7", "f").refused(1);
      assertTrue(line.contains(" differs at byte " + (at & -4) + " of " + SIZE + " "), line);
    }
    JsonNode result = CommandRun.famfs("verify", "--device", device, "--json", "-S7", "f").parsed();
    assertEquals(0, result.get(0).get("first_bad").longValue());
  }

  @Test
  void anExistingFileOfTheSameSizeIsFilledAgainAndOthersAreRefused() throws IOException {
    run("creat", "-s", "3M", "f").done();
    run("creat", "-s", "3M", "f").done();
    assertEquals(0, content("f")[0]);
    run("creat", "-s", "3M", "-r", "-S", "1", "f").done();
    run("verify", "-S", "1", "f").done();
    run("creat", "-s", "3M", "f").done();
    run("verify", "-S", "1", "f").done();
    run("creat", "-s", "3M", "-r", "-S", "2", "f").done();
    run("verify", "-S", "2", "f").done();
    run("creat", "-s", "3M", "-r", "-S", "0", "f").done();
    run("verify", "-S", "2", "f").done();
    assertTrue(run("creat", "-s", "2M", "-r", "-S", "2", "f").refused(1).contains("2097152 bytes"));
    run("verify", "-S", "2", "f").done();
  }

  @Test
  void manyFilesAreMadeAndVerifiedAtOnce() throws IOException {
    List<Object> creat = new ArrayList<>(List.of("-t", "3", "--json"));
    List<Object> verify = new ArrayList<>(List.of("-t", "4"));
    for (int i = 1; i <= 18; i++) {
      creat.addAll(List.of("-M", "f" + i + "," + (100_000 + i) + "," + i));
      verify.addAll(List.of("-m", "f" + i + "," + i));
    }
    creat.addAll(List.of("--multi", "zeros,1k", "--multi", "empty,0"));
    JsonNode made = run("creat", creat.toArray()).json();
    assertEquals(20, made.size());
    assertEquals(100_003, made.get(2).get("size").longValue());
    assertEquals(18, run("verify", verify.toArray()).done().out().lines().count());
    assertEquals(1024, content("zeros").length);
    assertEquals(0, content("empty").length);
    // In the log in the order of the command line.
    List<String> order =
        CommandRun.famfs("dump", device)
            .done()
            .out()
            .lines()
            .filter(line -> line.contains(" file "))
            .map(line -> line.replaceAll(".* (\\S+)  \\d+ bytes.*", "$1"))
            .toList();
    assertEquals(List.of("f1", "f2", "f3"), order.subList(0, 3));
    assertEquals("empty", order.getLast());
    corrupt("f5", 8);
    corrupt("f11", 100_000);
    CommandRun bad = run("verify", verify.toArray());
    assertEquals(1, bad.code());
    assertEquals(16, bad.out().lines().count(), bad.out());
    List<String> lines = bad.err().lines().toList();
    assertTrue(lines.get(0).contains("/f5 differs at byte 8 of 100005"), bad.err());
    assertTrue(lines.get(1).contains("/f11 differs at byte 100000 of 100011"), bad.err());
    assertEquals(2, lines.size());
  }

  @Test
  void oneFailureDoesNotStopTheOthers() {
    CommandRun run =
        run("creat", "-M", "a,1M,1", "-M", "no/parent,1M", "-M", "huge,1T", "-M", "b,1M,2");
    assertEquals(1, run.code());
    assertEquals(2, run.err().lines().count(), run.err());
    run("verify", "-m", "a,1", "-m", "b,2").done();
    CommandRun missing = run("verify", "-m", "a,1", "-m", "c,2", "-m", "b,2");
    assertEquals(1, missing.code());
    assertTrue(missing.err().contains("/c: no such file"), missing.err());
    assertEquals(2, missing.out().lines().count());
  }

  @Test
  void wrongUsageIsNamed() {
    assertTrue(run("creat", "-s1M", "-r", "f").refused(2).contains("-S or --seed64"));
    assertTrue(run("creat", "-s1M", "-S5", "f").refused(2).contains("-r"));
    assertTrue(run("creat", "-s1M", "-r", "-S5", "--seed64=5", "f").refused(2).contains("one of"));
    assertTrue(run("creat", "-s1M", "-r", "-S", "0x100000000", "f").refused(2).contains("32 bits"));
    assertTrue(run("creat", "-s1M", "-r", "-S", "12z", "f").refused(2).contains("no seed"));
    assertTrue(run("creat", "-M", "a,1M", "f").refused(2).contains("-M"));
    assertTrue(run("creat", "-M", "a").refused(2).contains("NAME,SIZE"));
    assertTrue(run("creat", "-M", "a,b").refused(2).contains("'b'"));
    assertTrue(run("creat", "f").refused(2).contains("size"));
    assertTrue(run("creat", "-s1M", "-t", "257", "f").refused(2).contains("256"));
    assertTrue(run("verify", "f").refused(2).contains("seed"));
    assertTrue(run("verify", "-S0", "f").refused(2).contains("nothing to check"));
    assertTrue(run("verify", "-m", "f").refused(2).contains("FILE,SEED"));
    assertTrue(run("verify", "-m", "f,1", "-S1").refused(2).contains("-m"));
    assertEquals("", run("ls").done().out());
  }

  @Test
  void theUmaskCountsForFilesAndNotForDirectories() throws IOException {
    int umask =
        Integer.parseInt(
            java.nio.file.Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("Umask:"))
                .findFirst()
                .orElseThrow()
                .substring(6)
                .strip(),
            8);
    run("creat", "-s1", "-m", "0666", "f").done();
    run("mkdir", "-m", "0777", "d").done();
    JsonNode list = run("ls", "--json").json();
    assertEquals("0777", list.get(0).get("mode").textValue());
    assertEquals("0" + Integer.toOctalString(0666 & ~umask), list.get(1).get("mode").textValue());
  }
}
