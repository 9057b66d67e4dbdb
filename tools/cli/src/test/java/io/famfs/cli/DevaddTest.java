package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// File systems on several devices through the command line.
class DevaddTest {
  @TempDir private Path folder;

  private Path primary = Path.of("");
  private Path further = Path.of("");

  @BeforeEach
  void names() throws IOException {
    primary = Files.createDirectories(folder.resolve("a")).resolve("primary.img");
    further = Files.createDirectories(folder.resolve("b")).resolve("further.img");
  }

  @Test
  void aFileSystemIsMadeOnSeveralDevices() throws IOException {
    JsonNode made = CommandRun.mkfs("--size", "32M", "--json", primary, further).json();
    assertEquals(64L << 20, made.get("total_bytes").asLong());
    String both = further + "," + primary;
    CommandRun.famfs("creat", "-s", "20M", "first", "--device", both).done();
    CommandRun.famfs("creat", "-s", "20M", "second", "--device", both).done();
    String map = CommandRun.famfs("getmap", "second", "--json", "--device", both).done().out();
    assertTrue(map.contains("1"), map);
    assertEquals(0, CommandRun.famfs("fsck", primary, further).code());
  }

  @Test
  void aDeviceIsAddedLater() throws IOException {
    CommandRun.mkfs("--size", "32M", primary).done();
    CommandRun.mkfs("--size", "16M", further).done();
    String refused = CommandRun.famfs("devadd", further, "--device", primary).refused(1);
    assertTrue(refused.contains("holds a famfs already"), refused);
    String added = CommandRun.famfs("devadd", "-f", further, "--device", primary).done().out();
    assertTrue(added.contains("is device 1 of famfs"), added);
    assertEquals(0, CommandRun.famfs("fsck", primary, further).code());
  }

  @Test
  void aMissingDeviceIsNamedAndOtherFilesStayUsable() throws IOException {
    CommandRun.mkfs("--size", "32M", primary, further).done();
    String both = primary + "," + further;
    CommandRun.famfs("creat", "-s", "20M", "here", "--device", both).done();
    CommandRun.famfs("creat", "-s", "20M", "there", "--device", both).done();
    CommandRun listed = CommandRun.famfs("ls", "--device", primary);
    assertEquals(0, listed.code());
    assertTrue(listed.err().contains("device 1 is missing"), listed.err());
    CommandRun check = CommandRun.famfs("fsck", primary);
    assertEquals(4, check.code());
    assertTrue(check.out().contains("device 1 is missing"), check.out());
    CommandRun unreachable =
        CommandRun.famfs("verify", "-S", "1", "-f", "there", "--device", primary);
    assertEquals(1, unreachable.code());
    assertTrue(unreachable.err().contains("on a device that is missing"), unreachable.err());
  }

  @Test
  void aDeviceBesideThePrimaryIsFound() throws IOException {
    Path beside = primary.resolveSibling("beside.img");
    CommandRun.mkfs("--size", "32M", primary, beside).done();
    CommandRun listed = CommandRun.famfs("ls", "--device", primary).done();
    assertFalse(listed.err().contains("missing"), listed.err());
    assertEquals(0, CommandRun.famfs("fsck", primary).code());
  }

  @Test
  void aFurtherDeviceAloneIsRefused() throws IOException {
    CommandRun.mkfs("--size", "32M", primary, further).done();
    String refused = CommandRun.famfs("ls", "--device", further).refused(1);
    assertTrue(refused.contains("whose primary device is"), refused);
  }
}
