package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.TableRow;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every row of the table answers about a nodeid, a handle or a name that is none, whatever
/// the row does otherwise. The sets name the rows that have no such thing; a row that is added has
/// to follow the rule or be named here.
class EveryRowTest {
  private static final long UNKNOWN = 0x7abc_def0_1234_5678L;

  /// Rows about the connection or the whole volume, and those that are not there for this client.
  private static final Set<Integer> WITHOUT_NODEID =
      Set.of(
          Opcode.INIT,
          Opcode.DESTROY,
          Opcode.STATFS,
          Opcode.SYNCFS,
          Opcode.REMOVEMAPPING,
          Opcode.GET_FMAP,
          Opcode.GET_DAXDEV);

  /// Rows whose `fh` counts only with a flag, or which all ones stand for.
  private static final Set<Integer> HANDLE_IF_SAID =
      Set.of(Opcode.GETATTR, Opcode.SETATTR, Opcode.STATX);

  /// Rows that make something.
  private static final Set<Integer> MAKING =
      Set.of(Opcode.SYMLINK, Opcode.MKNOD, Opcode.MKDIR, Opcode.LINK, Opcode.CREATE);

  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = Served.with(new PageTableWindow(64 << 20));
  }

  @AfterEach
  void close() throws Exception {
    assertEquals(0, served.server.stats().failures());
    served.close();
  }

  static Stream<TableRow> rows() {
    return TableRow.all().stream().filter(row -> row.served() && row.reply());
  }

  private Reply call(TableRow row, byte[] request) {
    Reply reply = served.call(request);
    assertTrue(reply.wellFormed() && !reply.none(), row.name());
    return reply;
  }

  @ParameterizedTest
  @MethodSource("rows")
  void anUnknownNodeidIsEstale(TableRow row) {
    for (long nodeid : new long[] {0, -1, UNKNOWN, 1 << 20, Long.MIN_VALUE}) {
      byte[] request = row.request(nodeid);
      if (row.has("fh")) {
        row.with(request, "fh", nodeid);
      }
      if (row.has("fh_in")) {
        row.with(row.with(request, "fh_in", nodeid), "fh_out", served.test.nodeid("simple"));
        row.with(request, "nodeid_out", served.test.nodeid("simple"));
      }
      if (!WITHOUT_NODEID.contains(row.opcode())) {
        assertEquals(-Errno.ESTALE, call(row, request).error(), row + " of " + nodeid);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void anUnknownHandleIsEbadf(TableRow row) {
    boolean listing = Set.of(Opcode.READDIR, Opcode.READDIRPLUS).contains(row.opcode());
    boolean directory =
        listing || Set.of(Opcode.RELEASEDIR, Opcode.FSYNCDIR).contains(row.opcode());
    long nodeid = directory ? 1 : served.test.nodeid("simple");
    for (String field : new String[] {"fh", "fh_in", "fh_out"}) {
      if (row.has(field) && !HANDLE_IF_SAID.contains(row.opcode())) {
        for (long fh : new long[] {0, UNKNOWN, nodeid + 1, Long.MIN_VALUE}) {
          byte[] request = row.request(nodeid);
          if (row.has("nodeid_out")) {
            row.with(row.with(request, "fh_in", nodeid), "fh_out", nodeid);
            row.with(request, "nodeid_out", nodeid);
          }
          row.with(request, field, fh);
          assertEquals(-Errno.EBADF, call(row, request).error(), row + " with " + field + " " + fh);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void dotsAreNoNamesToMakeOrRemove(TableRow row) throws Exception {
    if (row.names() == 0 || row.opcode() == Opcode.LOOKUP || row.slashes()) {
      return;
    }
    VolumeModel model = new VolumeModel(served.test);
    for (String name : new String[] {".", ".."}) {
      for (String other : new String[] {"one", name}) {
        byte[] request = row.request(1, name, other);
        if (row.has("oldnodeid")) {
          row.with(request, "oldnodeid", served.test.nodeid("simple"));
        }
        if (row.has("newdir")) {
          row.with(request, "newdir", 1);
        }
        int error = -call(row, request).error();
        Set<Integer> legal =
            MAKING.contains(row.opcode())
                ? Set.of(Errno.EEXIST, Errno.EINVAL, Errno.EPERM, Errno.EISDIR)
                : Set.of(
                    Errno.EINVAL,
                    Errno.EBUSY,
                    Errno.EPERM,
                    Errno.EISDIR,
                    Errno.ENOTEMPTY,
                    Errno.EOPNOTSUPP);
        assertTrue(legal.contains(error), row + " of " + name + ": " + error);
      }
    }
    assertTrue(model.require());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void namesInWhatIsNoDirectoryAreEnotdir(TableRow row) {
    if (row.names() > 0 && !row.slashes()) {
      long file = served.test.nodeid("simple");
      byte[] request = row.request(file);
      if (row.has("oldnodeid")) {
        row.with(request, "oldnodeid", file);
      }
      if (row.has("newdir")) {
        row.with(request, "newdir", 1);
      }
      assertEquals(-Errno.ENOTDIR, call(row, request).error(), row.name());
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void allZerosAndAllOnesHurtNothing(TableRow row) throws Exception {
    VolumeModel model = new VolumeModel(served.test);
    for (int filler : new int[] {0, -1, 0x7f, 0x80}) {
      for (long nodeid : new long[] {1, served.test.nodeid("dir"), served.test.nodeid("hello")}) {
        byte[] request = row.request(nodeid);
        for (int i = 0; i < row.argumentBytes(); i++) {
          request[40 + i] = (byte) filler;
        }
        call(row, request);
      }
    }
    boolean made = MAKING.contains(row.opcode());
    served.session.close();
    assertFalse(!model.require() && !made, row.name());
  }
}
