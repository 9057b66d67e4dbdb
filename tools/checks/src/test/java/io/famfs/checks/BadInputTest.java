package io.famfs.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.format.SuperblockCodec;
import io.famfs.core.format.SuperblockLayout;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Devices that cannot be used: one line, exit code 1, not a byte changed.
class BadInputTest {
  private static final int VERSION_AT = 8;
  private static final int SYSTEM_UUID_AT = 80;

  private MemoryFolder memory;
  private Path home;
  private Path device;

  @BeforeEach
  void makeFolder() throws IOException {
    memory = MemoryFolder.make();
    home = memory.path();
    device = home.resolve("device.img");
  }

  @AfterEach
  void removeFolder() throws IOException {
    memory.close();
  }

  /// Every command that takes a device, on this one.
  private List<List<String>> commands(Path bad, boolean mkfsToo) {
    List<List<String>> all = new ArrayList<>();
    all.add(Launched.command("famfs", "fsck", bad));
    all.add(Launched.command("famfs", "ls", "--device", bad));
    all.add(Launched.command("famfs", "cp", "/etc/passwd", "p", "--device", bad));
    all.add(
        Launched.command(
            "famfs", "serve", "--device", bad, "--socket", home.resolve("s"), "--tag", "t"));
    all.add(Launched.command("famfs", "mount", "--foreground", bad, home));
    if (mkfsToo) {
      all.add(Launched.command("mkfs.famfs", bad));
    }
    return all;
  }

  private void assertAllRefuse(Path bad, boolean mkfsToo, String... words) throws Exception {
    String before = hash(bad);
    for (List<String> command : commands(bad, mkfsToo)) {
      String line = Launched.run(home, Map.of(), command).refused();
      assertTrue(line.contains(bad.toString()), line);
      for (String word : words) {
        assertTrue(line.contains(word), line);
      }
    }
    assertEquals(before, hash(bad), bad + " was changed");
    assertFalse(Files.exists(home.resolve("s")));
  }

  @Test
  void whatIsNoDeviceIsRefused() throws Exception {
    assertAllRefuse(home.resolve("missing"), true, "does not exist", "mkfs.famfs");
    assertAllRefuse(Path.of("/dev/null"), true, "character device", "devdax");
    Path empty = Files.createFile(home.resolve("empty"));
    assertAllRefuse(empty, true, "is empty");
    String line = Launched.mkfs(home, home).refused();
    assertTrue(line.contains("directory"), line);
    line = Launched.famfs(home, "ls", "--device", home).refused();
    assertTrue(line.contains("directory"), line);
  }

  @Test
  void devicesThatAreTooSmallOrHoldSomethingElseAreRefused() throws Exception {
    Path small = Files.write(home.resolve("small"), new byte[100 << 10]);
    assertAllRefuse(small, false, small.toString());
    assertTrue(Launched.mkfs(home, small).refused().contains("100k"));
    Path other = Files.write(home.resolve("other"), new byte[32 << 20]);
    assertAllRefuse(other, false, "no famfs superblock", "mkfs.famfs");
  }

  @Test
  void aNewerFormatIsRefused() throws Exception {
    Launched.mkfs(home, "--size", "32M", device).done();
    patch(superblock -> superblock.putLong(VERSION_AT, 49));
    assertAllRefuse(device, false, "version 49", "use a program that knows");
    assertTrue(Launched.mkfs(home, device).refused().contains("version 49"));
  }

  @Test
  void aBrokenChecksumIsRefused() throws Exception {
    Launched.mkfs(home, "--size", "32M", device).done();
    try (FileChannel file = FileChannel.open(device, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {99}), SYSTEM_UUID_AT);
    }
    assertAllRefuse(device, false, "rule superblock-crc", "restore");
    assertTrue(Launched.mkfs(home, device).refused().contains("damaged"));
  }

  @Test
  void aFileSystemIsNotOverwrittenWithoutForce() throws Exception {
    Launched.mkfs(home, "--size", "32M", device).done();
    String before = hash(device);
    String line = Launched.mkfs(home, device).refused();
    assertTrue(line.contains("holds a famfs already") && line.contains("-f"), line);
    assertEquals(before, hash(device));
    Launched.mkfs(home, "-f", device).done();
    assertFalse(before.equals(hash(device)));
  }

  @Test
  void aServedDeviceIsRefusedByWriters() throws Exception {
    Launched.mkfs(home, "--size", "32M", device).done();
    String before = hash(device);
    Path socket = home.resolve("fs.sock");
    Process server =
        Launched.server(home, "serve", "--device", device, "--socket", socket, "--tag", "t");
    assertTrue(Files.exists(socket));
    String holder = "process " + server.pid();
    for (List<String> command : commands(device, true)) {
      if (!command.contains("fsck") && !command.contains("ls")) {
        String line = Launched.run(home, Map.of(), command).refused();
        assertTrue(line.contains("already in use by " + holder), line);
      }
    }
    Launched.mkfs(home, "-f", device).refused();
    Launched.famfs(home, "ls", "--device", device).done();
    Launched.famfs(home, "fsck", device).done();
    assertEquals(before, hash(device));
    server.destroy();
    assertEquals(0, Launched.end(server), Launched.errorsOf(home));
    assertFalse(Files.exists(socket));
    Launched.famfs(home, "mkdir", "d", "--device", device).done();
  }

  private void patch(java.util.function.Consumer<ByteBuffer> change) throws IOException {
    try (FileChannel file =
        FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      byte[] bytes = new byte[SuperblockLayout.BYTES];
      file.read(ByteBuffer.wrap(bytes), 0);
      change.accept(ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN));
      SuperblockCodec.seal(MemorySegment.ofArray(bytes), 0);
      file.write(ByteBuffer.wrap(bytes), 0);
    }
  }

  /// A digest of all bytes, "" for what is no file. Not a CRC: that of sealed bytes is constant.
  private static String hash(Path file) throws Exception {
    if (!Files.isRegularFile(file)) {
      return "";
    }
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }
}
