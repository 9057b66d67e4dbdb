package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Attr;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.Export;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import io.famfs.fuse.server.TableRow;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A client whose root is a directory: it sees what is below, and nothing else by any request there
/// is. The sets name the rows that are about no file; a row that is added has to follow the rule or
/// be named here.
class SubtreeTest {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final String SECRET = "hello";

  /// Rows about the connection.
  private static final Set<Integer> OF_NO_FILE =
      Set.of(Opcode.INIT, Opcode.DESTROY, Opcode.GET_DAXDEV);

  private Served served;
  private VolumeModel model;

  @BeforeEach
  void serve() throws Exception {
    served = Served.exporting(Export.all().below("/dir/"), new PageTableWindow(64 << 20));
    model = new VolumeModel(served.test);
  }

  @AfterEach
  void close() {
    assertEquals(0, served.server.stats().failures());
    served.close();
  }

  private static Stream<TableRow> rows() {
    return TableRow.all().stream()
        .filter(row -> row.served() && !OF_NO_FILE.contains(row.opcode()));
  }

  private List<Long> outside() {
    List<Long> nodeids = new ArrayList<>();
    for (String path : new String[] {"hello", "simple", "striped"}) {
      nodeids.add(served.test.nodeid(path));
    }
    return nodeids;
  }

  private static long word(Reply reply, long at) {
    return reply.message().get(LONG, at);
  }

  private Reply done(byte[] request) {
    Reply reply = served.call(request);
    assertEquals(0, reply.error());
    return reply;
  }

  /// The directory of the client is its nodeid 1: the real root and all its files have numbers that
  /// it may guess.
  @Test
  void nothingIsDoneToANodeidOutside() throws Exception {
    rows().forEach(this::toANodeidOutside);
    assertTrue(model.require());
  }

  private void toANodeidOutside(TableRow row) {
    long inside = served.test.nodeid("dir/nested");
    for (long nodeid : outside()) {
      for (long fh : new long[] {nodeid, inside, -1, 0}) {
        byte[] request = row.request(nodeid);
        handles(row, request, fh);
        others(row, request, inside);
        Reply reply = served.call(request);
        if (row.reply()) {
          assertEquals(-Errno.ESTALE, reply.error(), row + " of " + nodeid + " by " + fh);
          assertEquals(0, reply.bodyLength());
        }
      }
    }
  }

  @Test
  void nothingIsDoneToAnotherNodeidOutside() throws Exception {
    rows().forEach(this::toAnotherNodeidOutside);
    assertTrue(model.require());
  }

  private void toAnotherNodeidOutside(TableRow row) {
    boolean any = false;
    for (String field : new String[] {"oldnodeid", "newdir", "nodeid_out"}) {
      any |= row.has(field);
    }
    if (!any) {
      return;
    }
    for (long inside : new long[] {1, served.test.nodeid("dir/nested")}) {
      for (long nodeid : outside()) {
        byte[] request = row.request(inside, "nested", "other");
        handles(row, request, inside);
        others(row, request, nodeid);
        if (row.has("fh_out")) {
          row.with(request, "fh_out", nodeid);
        }
        assertEquals(-Errno.ESTALE, served.call(request).error(), row + " to " + nodeid);
      }
    }
  }

  /// What a handle says is never followed: with the nodeid of a file inside it is refused, or not
  /// looked at.
  @Test
  void nothingIsDoneByAHandleOutside() throws Exception {
    rows().forEach(this::byAHandleOutside);
    assertTrue(model.require());
  }

  private void byAHandleOutside(TableRow row) {
    long inside = served.test.nodeid("dir/nested");
    for (long handle : outside()) {
      byte[] request = row.request(inside);
      handles(row, request, handle);
      others(row, request, inside);
      Reply reply = served.call(request);
      if (reply.bodyLength() > 0) {
        byte[] body = reply.body();
        assertFalse(new String(body, StandardCharsets.ISO_8859_1).contains(SECRET), row.name());
        for (int at = 0; at + Long.BYTES <= body.length; at += Long.BYTES) {
          long value = MemorySegment.ofArray(body).get(LONG, at);
          assertFalse(outside().contains(value), row + " tells of " + value);
        }
      }
    }
  }

  private static void handles(TableRow row, byte[] request, long fh) {
    for (String field : new String[] {"fh", "fh_in", "fh_out"}) {
      if (row.has(field)) {
        row.with(request, field, fh);
      }
    }
  }

  private static void others(TableRow row, byte[] request, long nodeid) {
    for (String field : new String[] {"oldnodeid", "newdir", "nodeid_out"}) {
      if (row.has(field)) {
        row.with(request, field, nodeid);
      }
    }
  }

  @Test
  void everyFieldThatNamesAnInodeIsKnownAsOne() {
    for (TableRow row : TableRow.all()) {
      for (String field : row.fields()) {
        boolean names = field.contains("nodeid") || field.equals("newdir");
        assertEquals(names, row.isNodeid(field), row + " " + field);
      }
    }
  }

  @Test
  void theDirectoryIsTheRoot() {
    long dir = served.test.nodeid("dir");
    long nested = served.test.nodeid("dir/nested");
    assertEquals(nested, word(done(Requests.lookup(1, "nested")), 16));
    assertEquals(1, word(done(Requests.lookup(1, ".")), 16));
    assertEquals(1, word(done(Requests.lookup(1, "..")), 16));
    assertEquals(-Errno.ENOENT, served.call(Requests.lookup(1, "hello")).error());
    assertEquals(-Errno.ENOENT, served.call(Requests.lookup(1, "dir")).error());
    MemorySegment attributes = done(Requests.getattr(1)).message();
    assertEquals(1, Attr.ino(attributes, Served.ATTR_AT));
    Reply opened = done(Requests.open(Opcode.OPENDIR, 1, 0));
    assertEquals(dir, word(opened, 16), "the handle");
    byte[] listing = Requests.read(Opcode.READDIRPLUS, 1, 0, 4096);
    TableRow row =
        TableRow.all().stream().filter(r -> r.opcode() == Opcode.READDIRPLUS).findFirst().get();
    byte[] body = done(row.with(listing, "fh", dir)).body();
    String text = new String(body, StandardCharsets.ISO_8859_1);
    assertTrue(text.contains("nested") && !text.contains("hello"));
    for (int at = 0; at + Long.BYTES <= body.length; at += Long.BYTES) {
      assertNotEquals(dir, MemorySegment.ofArray(body).get(LONG, at), "the number of the root");
    }
  }

  @Test
  void whatIsMadeInsideIsBelowTheDirectoryForAll() {
    long made = word(done(Requests.mkdir(1, "sub", 0755)), 16);
    assertEquals(served.test.nodeid("dir/sub"), made);
    long file = word(done(Requests.create(made, "f", 0644, 2)), 16);
    assertEquals(served.test.nodeid("dir/sub/f"), file);
    assertEquals(1, word(done(Requests.lookup(made, "..")), 16), "up to the root, by its number");
    done(Requests.write(file, 0, "inside".getBytes(StandardCharsets.US_ASCII)));
    assertEquals(0, served.call(Requests.release(file, 2)).error());
    try (Session all = served.server.door(ClientOptions.standard()).open(null)) {
      MemoryExchange exchange = new MemoryExchange();
      assertEquals(0, exchange.call(all, Requests.init()).error());
      long dir = served.test.nodeid("dir");
      assertEquals(made, word(exchange.call(all, Requests.lookup(dir, "sub")), 16));
    }
  }

  /// A new file that is removed stays inside as long as it is open. Then it is nowhere: a kernel
  /// takes its mappings out without an error that it would wonder about, and nobody gets at it.
  @Test
  void aRemovedFileIsLetGo() {
    long file = word(done(Requests.create(1, "gone", 0644, 2)), 16);
    done(Requests.remove(Opcode.UNLINK, 1, "gone"));
    done(Requests.write(file, 0, new byte[] {7}));
    done(Requests.read(Opcode.READ, file, 0, 1));
    assertEquals(0, served.call(Requests.release(file, 2)).error());
    assertEquals(-Errno.ESTALE, served.call(Requests.read(Opcode.READ, file, 0, 1)).error());
    assertEquals(0, served.call(Requests.removeMapping(file, 0, 2 << 20)).error());
  }

  @Test
  void aMountBelowADirectoryIsToldOfThatOnly() throws IOException {
    List<Long> told = new ArrayList<>();
    try (Session mount =
        served
            .server
            .door(ClientOptions.standard().withExport(Export.all().below("dir")))
            .openLocal()) {
      MemoryExchange exchange = new MemoryExchange();
      assertEquals(0, exchange.call(mount, Requests.init()).error());
      assertTrue(
          mount.hear((message, _) -> {
            synchronized (told) {
              told.add(message.get(LONG, 16));
              told.notifyAll();
            }
            return 0;
          }));
      try (Session all = served.server.door(ClientOptions.standard()).open(null)) {
        exchange.call(all, Requests.init());
        int mtimeNow = 1 << 8;
        for (long nodeid :
            new long[] {
              served.test.nodeid("hello"),
              served.test.nodeid("dir"),
              served.test.nodeid("dir/nested")
            }) {
          exchange.call(all, Requests.setattr(nodeid, mtimeNow, 0, 0, 0));
        }
        long nested = served.test.nodeid("dir/nested");
        synchronized (told) {
          while (!told.contains(nested)) {
            told.wait();
          }
          assertFalse(told.contains(served.test.nodeid("hello")));
          assertFalse(told.contains(served.test.nodeid("dir")), "which is 1 there");
          assertTrue(told.contains(1L));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void aDirectoryThatIsNotThereIsRefused() {
    for (String path : new String[] {"missing", "hello", "dir/nested", "dir/missing"}) {
      ClientOptions clients = ClientOptions.standard().withExport(Export.all().below(path));
      String message =
          assertThrows(IllegalArgumentException.class, () -> served.server.door(clients))
              .getMessage();
      assertTrue(String.valueOf(message).contains(path), message);
    }
    for (String path : new String[] {"..", "dir/..", "./dir", "dir/../.."}) {
      assertThrows(IllegalArgumentException.class, () -> Export.all().below(path), path);
    }
    assertEquals("", Export.all().below("//").subdirectory());
  }
}
