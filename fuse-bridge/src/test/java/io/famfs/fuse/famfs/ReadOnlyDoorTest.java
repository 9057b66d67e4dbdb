package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.Export;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import io.famfs.fuse.server.TableRow;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A client that may change nothing, beside one that may.
class ReadOnlyDoorTest {
  private static final int TRUNC = 01000;

  private Served served;
  private VolumeModel model;

  @BeforeEach
  void serve() throws Exception {
    served = Served.exporting(Export.all().withReadOnly(true), new PageTableWindow(64 << 20));
    model = new VolumeModel(served.test);
  }

  @AfterEach
  void close() {
    assertEquals(0, served.server.stats().failures());
    served.close();
  }

  private Map<String, byte[]> changes() {
    long file = served.test.nodeid("hello");
    long other = served.test.nodeid("simple");
    Map<String, byte[]> changes = new LinkedHashMap<>();
    changes.put("SETATTR of the mode", Requests.setattr(file, 1, 0, 0600, 0));
    changes.put("SETATTR of the size", Requests.setattr(file, 8, 0, 0, 0));
    changes.put("MKDIR", Requests.mkdir(1, "new", 0755));
    changes.put("MKNOD", Requests.mknod(1, "new", 0100644));
    changes.put("CREATE", Requests.create(1, "new", 0644, 2));
    changes.put("OPEN to write", Requests.open(Opcode.OPEN, file, 1));
    changes.put("OPEN to read and write", Requests.open(Opcode.OPEN, file, 2));
    changes.put("OPEN to empty", Requests.open(Opcode.OPEN, file, TRUNC));
    changes.put("WRITE", Requests.write(file, 0, "HELLO".getBytes(StandardCharsets.US_ASCII)));
    changes.put("FALLOCATE", Requests.fallocate(file, 0, 0, 5));
    changes.put("COPY_FILE_RANGE", Requests.copy(Opcode.COPY_FILE_RANGE, other, 0, file, 0, 5));
    changes.put("UNLINK", Requests.remove(Opcode.UNLINK, 1, "hello"));
    changes.put("RENAME2", Requests.rename2(1, "hello", 1, "new", 0));
    changes.put("LINK", Requests.link(file, 1, "new"));
    changes.put("SYMLINK", Requests.symlink(1, "new", "hello"));
    changes.put("ACCESS to write", Requests.access(file, 2, 0, 0));
    return changes;
  }

  @Test
  void everyChangeIsErofs() throws Exception {
    changes()
        .forEach((what, request) -> assertEquals(-Errno.EROFS, served.call(request).error(), what));
    assertTrue(model.require());
  }

  @Test
  void noRequestChangesAnything() throws Exception {
    Set<Integer> ending = Set.of(Opcode.INIT, Opcode.DESTROY);
    for (TableRow row : TableRow.all()) {
      for (long nodeid : new long[] {1, served.test.nodeid("hello")}) {
        for (int filler : new int[] {0, 1, 2, 8, -1}) {
          byte[] request = row.request(nodeid, "new", "newer");
          for (int i = 0; i < row.argumentBytes(); i++) {
            request[40 + i] = (byte) filler;
          }
          for (String field : new String[] {"fh", "fh_in", "fh_out", "nodeid_out", "newdir"}) {
            if (row.has(field)) {
              row.with(request, field, nodeid);
            }
          }
          if (!ending.contains(row.opcode())) {
            served.call(request);
          }
        }
      }
    }
    assertTrue(model.require());
  }

  @Test
  void whatIsThereCanBeRead() {
    long hello = served.test.nodeid("hello");
    assertEquals(0, served.call(Requests.open(Opcode.OPEN, hello, 0)).error());
    byte[] read = served.call(Requests.read(Opcode.READ, hello, 0, 5)).body();
    assertEquals("hello", new String(read, StandardCharsets.US_ASCII));
    assertEquals(0, served.call(Requests.fsync(Opcode.FSYNC, hello)).error());
    assertEquals(-Errno.EEXIST, served.call(Requests.mkdir(1, "dir", 0755)).error());
  }

  /// Front-ends let a guest store through a window whatever the mapping says.
  @Test
  void thereIsNoWindow() {
    byte[] map = Requests.setupMapping(served.test.nodeid("simple"), 0, 0, 2 << 20, 2);
    assertEquals(-Errno.EOPNOTSUPP, served.call(map).error());
  }

  @Test
  void othersChangeWhatTheyLike() {
    try (Session writer = served.server.door(ClientOptions.standard()).open(null)) {
      MemoryExchange exchange = new MemoryExchange();
      assertEquals(0, exchange.call(writer, Requests.init()).error());
      long hello = served.test.nodeid("hello");
      byte[] data = "HELLO".getBytes(StandardCharsets.US_ASCII);
      assertEquals(0, exchange.call(writer, Requests.write(hello, 0, data)).error());
      byte[] read = served.call(Requests.read(Opcode.READ, hello, 0, 5)).body();
      assertEquals("HELLO", new String(read, StandardCharsets.US_ASCII));
    }
  }
}
