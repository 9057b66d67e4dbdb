package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bad memory through the command line.
class PoisonTest {
  @TempDir private Path folder;
  private Path device = Path.of("");

  @BeforeEach
  void make() throws IOException {
    System.setProperty("famfs.state.dir", folder.resolve("state").toString());
    device = folder.resolve("device.img");
    CommandRun.mkfs("--size", "32M", device).done();
    CommandRun.famfs("creat", "-s", "4M", "first", "--device", device).done();
    CommandRun.famfs("creat", "-s", "2M", "second", "--device", device).done();
  }

  @AfterEach
  void forget() {
    System.clearProperty("famfs.state.dir");
  }

  private JsonNode list() throws IOException {
    return CommandRun.famfs("poison", "list", device, "--json").done().json();
  }

  @Test
  void aRangeOfAFileIsBadUntilItIsCleared() throws IOException {
    assertEquals(0, list().size());
    CommandRun.famfs("poison", "add", "first", "2M", "100", "--device", device).done();
    JsonNode bad = list().get(0);
    assertEquals(4096, bad.get("len").asLong());
    assertEquals("manual", bad.get("cause").asText());
    assertEquals("first", bad.get("files").get(0).asText());
    long at = bad.get("offset").asLong();
    String text = CommandRun.famfs("poison", "list", device).done().out();
    assertEquals("0:0x" + Long.toHexString(at) + "+0x1000 manual first\n", text);
    String warned = CommandRun.famfs("df", device).err();
    assertTrue(warned.contains("4096 bytes of bad memory"), warned);
    CommandRun.famfs("poison", "clear", device).done();
    assertEquals(0, list().size());
  }

  @Test
  void newFilesAvoidARangeOfTheDevice() throws IOException {
    CommandRun.famfs("poison", "add", "second", "0", "1", "--device", device).done();
    long used = list().get(0).get("offset").asLong();
    CommandRun.famfs("poison", "add", device, Long.toString(used + (2 << 20)), "4k").done();
    CommandRun.famfs("creat", "-s", "2M", "third", "--device", device).done();
    for (JsonNode bad : list()) {
      for (JsonNode owner : bad.get("files")) {
        assertEquals("second", owner.asText());
      }
    }
  }

  @Test
  void whatIsNoRangeIsRefused() {
    String behind = CommandRun.famfs("poison", "add", device, "32M", "1").refused(1);
    assertTrue(behind.contains("the range ends at"), behind);
    CommandRun.famfs("poison", "add", device, "0", "0").refused(2);
    CommandRun.famfs("poison", "add", folder.resolve("none"), "0", "1").refused(1);
    CommandRun.famfs("poison", "add", "missing", "0", "1", "--device", device).refused(1);
  }
}
