package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.metrics.Page;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.ServerIdentity;
import io.famfs.fuse.server.StatsPage;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatsPageTest {
  private static String page(Served served, Map<String, String> query) throws IOException {
    ServerIdentity identity =
        new ServerIdentity("mount", "/mnt \"x\"", "1", Map.of("device", "/dev/dax0.0"));
    Page page = StatsPage.of(served.server, identity);
    StringBuilder out = new StringBuilder();
    page.source().write(query, out);
    return out.toString();
  }

  @Test
  void pageHasTotalsClientsAndFiles() throws IOException {
    try (Served served = Served.with(new PageTableWindow(16 << 20))) {
      long striped = served.test.nodeid("striped");
      served.call(Requests.read(Opcode.READ, striped, 0, 4096));
      String text = page(served, Map.of());
      for (String part :
          new String[] {
            "\"schema\": 1",
            "\"name\": \"/mnt \\\"x\\\"\"",
            "\"device\": \"/dev/dax0.0\"",
            "\"read\": 4096",
            "\"famfs_volume_directories\": 1",
            "\"sizeBytes\": 16777216",
            "\"path\": \"striped\"",
          }) {
        assertTrue(text.contains(part), () -> part + " in\n" + text);
      }
    }
  }

  @Test
  void fileIsShownWithItsExtents() throws IOException {
    try (Served served = Served.standard()) {
      long striped = served.test.nodeid("striped");
      served.call(Requests.write(striped, 0, new byte[100]));
      String text = page(served, Map.of("file", "striped", "files", "0", "window", ""));
      String file = text.substring(text.indexOf("\"file\": {"));
      assertTrue(file.contains("\"writtenBytes\": 100"), file);
      assertTrue(file.contains("\"chunkBytes\": 2097152"), file);
      assertEquals(3, file.split("\"deviceIndex\"", -1).length - 1, file);
      for (Map<String, String> bad : java.util.List.of(Map.of("file", "x"), Map.of("files", "y"))) {
        assertThrows(IllegalArgumentException.class, () -> page(served, bad));
      }
    }
  }
}
