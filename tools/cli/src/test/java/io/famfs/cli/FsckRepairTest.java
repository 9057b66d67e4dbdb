package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeaderLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `fsck` with and without repair, and `check`, on a volume in a file.
class FsckRepairTest {
  @TempDir private Path directory;
  private Path device;
  private Path undo;

  @BeforeEach
  void makeVolume() throws IOException {
    device = directory.resolve("volume.img");
    undo = directory.resolve("undo");
    CommandRun.mkfs("--size", "32M", device).done();
    CommandRun.famfs("mkdir", "d", "--device", device).done();
    CommandRun.famfs(
            "cp", Files.writeString(directory.resolve("a"), "text a"), "d", "--device", device)
        .done();
    CommandRun.famfs(
            "cp", Files.writeString(directory.resolve("b"), "text b"), "d", "--device", device)
        .done();
  }

  private void overwrite(long at, String bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes.getBytes(java.nio.charset.StandardCharsets.UTF_8)), at);
    }
  }

  private void damageEntry(int index) throws IOException {
    overwrite(LogHeaderLayout.entryMediaOffset(index) + 30, "damage");
  }

  /// The first bytes of a file.
  private String content(String path) throws IOException {
    JsonNode map = CommandRun.famfs("getmap", "--json", path, "--device", device).json();
    ByteBuffer bytes = ByteBuffer.allocate(6);
    try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
      channel.read(bytes, map.get("extents").get(0).get("offset").longValue());
    }
    return new String(bytes.array(), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static JsonNode json(CommandRun run) throws IOException {
    return new ObjectMapper().readTree(run.out());
  }

  @Test
  void faultsAreExitCodeFourAndEveryOneIsNamed() throws IOException {
    damageEntry(1);
    CommandRun run = CommandRun.famfs("fsck", device);
    assertEquals(4, run.code());
    assertTrue(run.out().contains("rule entry-crc"), run.out());
    assertTrue(run.out().contains("at byte 2098280"), run.out());
    assertTrue(run.out().endsWith("\n1 fault (1 left-out)\n"), run.out());
    JsonNode report = json(CommandRun.famfs("fsck", "--json", device));
    JsonNode fault = report.get("faults").get(0);
    assertEquals("entry-crc", fault.get("rule").textValue());
    assertEquals(1, fault.get("entry").intValue());
    assertEquals(
        LogHeaderLayout.entryMediaOffset(1) + LogEntryLayout.CRC_AT,
        fault.get("offset").longValue());
    assertEquals("left-out", fault.get("severity").textValue());
    assertTrue(fault.get("advice").textValue().contains("--repair"));
  }

  @Test
  void aDryRunWritesNothing() throws IOException {
    damageEntry(1);
    byte[] before = Files.readAllBytes(device);
    CommandRun run = CommandRun.famfs("fsck", "--repair", "--dry-run", device);
    assertEquals(4, run.code());
    assertTrue(run.out().contains("would repair: "), run.out());
    assertTrue(run.out().contains("lost+found/entry-1"), run.out());
    assertEquals(run.out(), CommandRun.famfs("fsck", "-n", device).out());
    assertArrayEquals(before, Files.readAllBytes(device));
    assertFalse(Files.exists(undo));
    try (var files = Files.list(Path.of("."))) {
      assertTrue(files.noneMatch(file -> file.toString().endsWith(".undo")));
    }
  }

  @Test
  void repairingIsExitCodeOneAndCanBeUndone() throws IOException {
    damageEntry(1);
    byte[] before = Files.readAllBytes(device);
    CommandRun run = CommandRun.famfs("fsck", "-y", "--undo", undo, device);
    assertEquals(1, run.code(), run.out() + run.err());
    assertTrue(run.out().contains("undo file " + undo), run.out());
    assertTrue(run.out().endsWith("\nclean\n"), run.out());
    assertEquals("text b", content("d/b"));
    CommandRun.famfs("fsck", device).done();
    CommandRun.famfs("fsck", "--repair", device).done();
    assertEquals("text a", content("lost+found/entry-1"));
    CommandRun undone = CommandRun.famfs("fsck", "--undo-apply", undo, device);
    assertEquals(4, undone.code(), undone.out() + undone.err());
    assertArrayEquals(before, Files.readAllBytes(device));
  }

  @Test
  void droppingFreesTheSpace() throws IOException {
    damageEntry(1);
    CommandRun run =
        CommandRun.famfs("fsck", "-y", "--corrupt=drop", "--undo", undo, "--json", device);
    assertEquals(1, run.code(), run.out() + run.err());
    JsonNode report = json(run);
    assertTrue(report.get("clean").booleanValue() && report.get("repaired").booleanValue());
    assertEquals("drop-entries", report.get("actions").get(0).get("action").textValue());
    assertEquals(undo.toString(), report.get("undo_file").textValue());
    assertEquals("d/\nd/b\n", CommandRun.famfs("ls", "-R", "--device", device).done().out());
  }

  @Test
  void theDefaultUndoFileNamesTheFileSystem() throws IOException {
    damageEntry(1);
    CommandRun run = CommandRun.famfs("fsck", "-y", "--json", device);
    assertEquals(1, run.code(), run.out() + run.err());
    JsonNode report = json(run);
    Path file = Path.of(report.get("undo_file").textValue());
    String name = file.getFileName().toString();
    String uuid = report.get("fs_uuid").textValue();
    assertTrue(name.matches("famfs-undo-" + uuid + "-\\d{8}T\\d{6}Z\\.undo"), name);
    Files.delete(file);
  }

  @Test
  void anUndoFileIsNotOverwritten() throws IOException {
    damageEntry(1);
    byte[] before = Files.readAllBytes(device);
    Files.writeString(undo, "mine");
    String line = CommandRun.famfs("fsck", "-y", "--undo", undo, device).refused(8);
    assertTrue(line.contains("exists"), line);
    assertArrayEquals(before, Files.readAllBytes(device));
    assertEquals("mine", Files.readString(undo));
    CommandRun.famfs("fsck", "--undo-apply", undo, device).refused(8);
  }

  @Test
  void aLostSuperblockComesBackWithTheUuidThatIsGiven() throws IOException {
    String uuid = json(CommandRun.famfs("fsck", "--json", device)).get("fs_uuid").textValue();
    overwrite(0, "\0".repeat(200));
    assertEquals(4, CommandRun.famfs("fsck", device).code());
    CommandRun run =
        CommandRun.famfs("fsck", "-y", "--fs-uuid", uuid, "--undo", undo, "--json", device);
    assertEquals(1, run.code(), run.out() + run.err());
    assertEquals(uuid, json(run).get("fs_uuid").textValue());
    assertEquals("text a", content("d/a"));
  }

  @Test
  void whatCannotBeRepairedIsExitCodeFour() throws IOException {
    overwrite(0, "\0".repeat(200));
    overwrite(LogHeaderLayout.MEDIA_OFFSET, "\0".repeat(48));
    CommandRun run = CommandRun.famfs("fsck", "-y", "--undo", undo, device);
    assertEquals(4, run.code(), run.out() + run.err());
    assertTrue(run.out().contains("not repaired: neither a superblock"), run.out());
    assertFalse(Files.exists(undo));
  }

  @Test
  void aFileSystemOfAnotherHostIsRepairedByForceOnly() throws IOException {
    overwrite(80, "another host wide");
    byte[] superblock = new byte[200];
    try (FileChannel channel =
        FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.read(ByteBuffer.wrap(superblock), 0);
      superblock[96] = 0;
      io.famfs.core.format.SuperblockCodec.seal(
          java.lang.foreign.MemorySegment.ofArray(superblock), 0);
      channel.write(ByteBuffer.wrap(superblock), 0);
    }
    damageEntry(1);
    String line = CommandRun.famfs("fsck", "-y", "--undo", undo, device).refused(8);
    assertTrue(line.contains("does not own"), line);
    assertEquals(1, CommandRun.famfs("fsck", "-y", "-f", "--undo", undo, device).code());
  }

  @Test
  void optionsThatContradictAreWrongUsage() {
    CommandRun.famfs("fsck", "--undo", undo, device).refused(16);
    CommandRun.famfs("fsck", "-y", "--undo-apply", undo, device).refused(16);
    CommandRun.famfs("fsck", "-y", "--corrupt=burn", device).refused(16);
    CommandRun.famfs("fsck", "-y", "--fs-uuid", "x", device).refused(16);
    CommandRun.famfs("fsck").refused(16);
  }

  @Test
  void optionsOfTheReferenceAreTaken() {
    CommandRun.famfs("fsck", "-M", "-L", "-F", "--fuse", "-m", "-r", "-D", "-f", device).done();
    String human = CommandRun.famfs("fsck", "-h", "-v", device).done().out();
    assertTrue(human.contains("  role of this host    Owner\n"), human);
    assertTrue(human.contains(" 32M\n"), human);
  }

  @Test
  void bucketsAddUp() throws IOException {
    JsonNode report = json(CommandRun.famfs("fsck", "-B", "4", "--json", device));
    JsonNode buckets = report.get("buckets");
    assertEquals(4, buckets.size());
    long used = 0;
    for (JsonNode bucket : buckets) {
      used += bucket.get("used").longValue();
      assertEquals(8L << 20, bucket.get("used").longValue() + bucket.get("free").longValue());
    }
    assertEquals(report.get("allocated_bytes").longValue(), used);
    String text = CommandRun.famfs("fsck", "-B", "2", device).done().out();
    assertTrue(text.contains("buckets"), text);
    CommandRun.famfs("fsck", "-B", "0", device).refused(16);
    CommandRun.famfs("fsck", "-B", "65", device).refused(16);
  }

  @Test
  void checkOfADeviceSaysWhatIsLost() throws IOException {
    assertEquals("clean\n", CommandRun.famfs("check", "--device", device).done().out());
    damageEntry(1);
    CommandRun run = CommandRun.famfs("check", device);
    assertEquals(1, run.code());
    assertTrue(run.out().contains("rule entry-crc"), run.out());
    assertEquals("", CommandRun.famfs("check", "-q", device).out());
    overwrite(LogHeaderLayout.MEDIA_OFFSET, "log");
    assertEquals(4, CommandRun.famfs("check", device).code());
    overwrite(0, "superblock");
    assertEquals(2, CommandRun.famfs("check", device).code());
    CommandRun.famfs("check", "/nope").refused(8);
    CommandRun.famfs("check").refused(16);
    assertTrue(json(CommandRun.famfs("check", "--json", device)).get("exit_code").intValue() == 2);
  }
}
