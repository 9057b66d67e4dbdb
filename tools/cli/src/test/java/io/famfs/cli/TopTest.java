package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.os.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TopTest {
  @TempDir(factory = MemoryDirectory.class)
  private Path folder;

  private static String page(long nanos, long requests, long reads, long fast, long mapped) {
    return String.format(
        """
        {"server": {"kind": "mount", "name": "/m", "version": "1", "pid": 7, "nanos": %d},
         "requests": %d, "errors": {"EIO": %d}, "boundsNanos": [1000, 5000],
         "bytes": {"read": %d, "written": 0, "mapped": %d, "unmapped": 0},
         "operations": [
           {"name": "LOOKUP", "count": 900, "atMost": [900, 900, 900]},
           {"name": "READ", "count": %d, "atMost": [%d, %d, %d]}],
         "values": {"famfs_lock_waiters": 3, "famfs_volume_bad_bytes": 4096},
         "sessions": [{"name": "a\\u001bb"}],
         "files": [{"nodeid": 5, "path": "f", "readBytes": %d, "writtenBytes": 0,
                    "mappedBytes": %d, "requests": 1}]}
        """,
        nanos,
        requests,
        requests / 100,
        reads * 4096,
        mapped,
        reads,
        fast,
        reads,
        reads,
        reads * 4096,
        mapped);
  }

  @Test
  void ratesAndTimesAreThoseBetweenTwoLooks() throws IOException {
    JsonTree before = JsonTree.parse(page(1_000_000_000L, 1000, 100, 100, 0));
    JsonTree now = JsonTree.parse(page(3_000_000_000L, 3000, 2100, 140, 8 << 20));
    assertEquals(
        List.of(
            "mount /m (process 7, famfs-server 1)",
            "1000 operations/s, 10 errors/s, 3 waiting for locks",
            "copied: 3.9M/s read, 0/s written; mapped: 4M/s, 0/s unmapped",
            "memory: 4k bad, with 0 files on it",
            "",
            "1 client",
            "  a?b",
            "",
            "                     ops/s       p50       p99        total",
            "READ                  1000   <=5.0us   <=5.0us         2100",
            "LOOKUP                   0         -         -          900",
            "",
            "     read   written    mapped  busiest files",
            "   3.9M/s       0/s      4M/s  f"),
        new TopText(before, now).lines());
    assertTrue(TopText.sameProcess(before, now));
    assertTrue(!TopText.sameProcess(now, before), "it was started anew");
    assertEquals(">10s", TopText.bound(List.of(0L, 5L), List.of(10_000_000_000L), 0.5));
  }

  @Test
  void aFrameFitsTheTerminal() {
    List<String> lines = List.of("12345", "äöü", "third", "fourth");
    assertEquals(
        "\u001b[H1234\u001b[K\r\näöü\u001b[K\r\nthir\u001b[K\u001b[J",
        TopScreen.frame(lines, new Terminal.Size(3, 4)));
    assertEquals("\u001b[H\u001b[J", TopScreen.frame(List.of(), new Terminal.Size(3, 4)));
  }

  @Test
  void onceIsWhatHappensInAnInterval() throws IOException {
    try (SeenServer seen = new SeenServer(folder);
        SomeClient client = new SomeClient(seen.server, "guest 1")) {
      assertEquals(-2, client.lookup("nothing"));
      String text = CommandRun.famfs("top", "--once", "-d", "0.1").done().out();
      assertTrue(text.startsWith("serve seen (process "), text);
      assertTrue(text.contains("\n0 operations/s, 0 errors/s, 0 waiting for locks\n"), text);
      assertTrue(text.contains("\n  guest 1: window 0 of 64M (0%) in 0 maps; "), text);
      assertTrue(text.contains("\nLOOKUP "), text);
      CommandRun.famfs("top", "--once", "-d", "0.01").refused(2);
      CommandRun.famfs("top", "--once", "-d", "NaN").refused(2);
    }
    System.setProperty("famfs.runtime.dir", folder.resolve("none").toString());
    try {
      assertTrue(CommandRun.famfs("top", "--once").refused(1).contains("no server runs"));
    } finally {
      System.clearProperty("famfs.runtime.dir");
    }
  }
}
