package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.Volume;
import io.famfs.virtiofs.VirtioFsServer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchVirtiofsTest {
  @TempDir Path folder;

  @Test
  void aServersFileIsLoadedVerifiedAndSummedUp() throws Exception {
    try (MappedDaxDevice device = DaxDevices.memfd("bench command", 64L << 20);
        Volume volume = Volume.format(List.of(device), FormatOptions.ownedBy(UUID.randomUUID()))) {
      try (FileCreation creation = volume.create("f", 2 << 20, 0644, 0, 0)) {
        creation.commit();
      }
      Path socket = folder.resolve("s");
      FuseServer fuse = new FuseServer(new FamfsFileSystem(volume, FamfsOptions.standard()));
      try (VirtioFsServer server =
          new VirtioFsServer(
              new VirtioFsServer.Options(socket, "t", 1, 0), List.of(device), fuse)) {
        server.start();
        JsonNode page =
            CommandRun.famfs(
                    "bench",
                    "virtiofs",
                    "--socket",
                    socket,
                    "--file",
                    "f",
                    "--op",
                    "getattr,read:4k,write:64k",
                    "--seconds",
                    "0.1",
                    "--verify",
                    "--json")
                .json();
        assertEquals(3, page.get("loads").size());
        assertEquals("write:64k", page.get("loads").get(2).get("operation").asText());
        for (JsonNode load : page.get("loads")) {
          assertTrue(load.get("requests").asLong() > 0, load.toString());
          assertTrue(load.get("server_cpu_ns").asLong() > 0, load.toString());
        }
        assertEquals(ProcessHandle.current().pid(), page.get("server_pid").asLong());
        assertEquals(8, page.get("crc32c").asText().length());
        CommandRun text =
            CommandRun.famfs(
                "bench", "virtiofs", "--socket", socket, "--file", "f", "--seconds", "0.05");
        assertEquals(4, text.done().out().lines().count(), text.out());
        String missing =
            CommandRun.famfs("bench", "virtiofs", "--socket", socket, "--file", "none").refused(1);
        assertTrue(missing.contains("LOOKUP of none"), missing);
      }
    }
  }

  @Test
  void wrongUsageIsRefusedInOneLine() {
    Path socket = folder.resolve("nobody");
    assertTrue(
        CommandRun.famfs("bench", "virtiofs", "--socket", socket, "--file", "f")
            .refused(1)
            .contains("connect to"));
    for (String wrong : List.of("--op=fly", "--op=read", "--op=getattr:4k", "--depth=0")) {
      String line =
          CommandRun.famfs("bench", "virtiofs", "--socket", socket, "--file", "f", wrong)
              .refused(2);
      assertTrue(line.startsWith("famfs bench virtiofs: "), line);
    }
  }
}
