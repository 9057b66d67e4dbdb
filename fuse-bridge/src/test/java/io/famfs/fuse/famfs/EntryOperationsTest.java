package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.famfs.core.Errno;
import io.famfs.dax.DaxDevices;
import io.famfs.fuse.protocol.Attr;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.Rename2In;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Names: what can be made, and what is refused with which error.
class EntryOperationsTest {
  private static final long NO_NODEID = 0x7777_7777_7777L;

  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = Served.standard();
  }

  @AfterEach
  void close() {
    served.close();
  }

  private int error(byte[] request) {
    return served.call(request).error();
  }

  @Test
  void aDirectoryIsInTheLogWhenItIsAnswered() throws IOException {
    byte[] request =
        RequestBytes.of(Opcode.MKDIR, 1).by(7, 9).u32(01750).u32(022).name("made").bytes();
    Reply reply = served.call(request);
    assertEquals(0, reply.error());
    assertEquals(served.test.nodeid("made"), EntryOut.nodeid(reply.message(), 16));
    assertEquals(0041750, Attr.mode(reply.message(), Served.ENTRY_ATTR_AT));
    assertEquals(7, Attr.uid(reply.message(), Served.ENTRY_ATTR_AT));
    assertEquals(9, Attr.gid(reply.message(), Served.ENTRY_ATTR_AT));
    try (Volume again =
        Volume.open(List.of(served.test.device()), OpenOptions.forHost(new UUID(8, 8)))) {
      DirectoryInode made = assertInstanceOf(DirectoryInode.class, again.namespace().find("made"));
      assertEquals(01750, made.mode());
    }
    assertEquals(-Errno.EEXIST, error(request));
    assertEquals(0, error(Requests.mkdir(served.test.nodeid("made"), "below", 0700)));
  }

  @Test
  void aDirectoryWithTheGroupBitHandsItsGroupDown() {
    byte[] shared =
        RequestBytes.of(Opcode.MKDIR, 1).by(7, 9).u32(02775).u32(022).name("shared").bytes();
    assertEquals(0, error(shared));
    byte[] below =
        RequestBytes.of(Opcode.MKDIR, served.test.nodeid("shared"))
            .by(5, 6)
            .u32(0755)
            .u32(022)
            .name("below")
            .bytes();
    Reply reply = served.call(below);
    assertEquals(5, Attr.uid(reply.message(), Served.ENTRY_ATTR_AT));
    assertEquals(9, Attr.gid(reply.message(), Served.ENTRY_ATTR_AT));
    assertEquals(0042755, Attr.mode(reply.message(), Served.ENTRY_ATTR_AT));
  }

  @Test
  void mkdirSaysWhyNot() {
    long hello = served.test.nodeid("hello");
    assertEquals(-Errno.EEXIST, error(Requests.mkdir(1, "hello", 0755)));
    assertEquals(-Errno.EEXIST, error(Requests.mkdir(1, ".", 0755)));
    assertEquals(-Errno.EEXIST, error(Requests.mkdir(1, "..", 0755)));
    assertEquals(-Errno.ENOTDIR, error(Requests.mkdir(hello, "x", 0755)));
    assertEquals(-Errno.ESTALE, error(Requests.mkdir(NO_NODEID, "x", 0755)));
    assertEquals(-Errno.EINVAL, error(Requests.mkdir(1, "", 0755)));
    assertEquals(-Errno.EINVAL, error(Requests.mkdir(1, "a/b", 0755)));
    assertEquals(-Errno.ENAMETOOLONG, error(Requests.mkdir(1, "n".repeat(256), 0755)));
    assertEquals(-Errno.ENAMETOOLONG, error(Requests.mkdir(1, "n".repeat(80), 0755)));
    assertEquals(0, error(Requests.mkdir(1, "n".repeat(79), 0755)));
    byte[] notUtf8 =
        RequestBytes.of(Opcode.MKDIR, 1).u64(0755).raw(new byte[] {'a', -1, 0}).bytes();
    assertEquals(-Errno.EINVAL, error(notUtf8));
  }

  @Test
  void whatIsInTheLogStays() {
    assertEquals(-Errno.EPERM, error(Requests.remove(Opcode.UNLINK, 1, "hello")));
    assertEquals(-Errno.EISDIR, error(Requests.remove(Opcode.UNLINK, 1, "dir")));
    assertEquals(-Errno.ENOENT, error(Requests.remove(Opcode.UNLINK, 1, "nothing")));
    assertEquals(-Errno.ESTALE, error(Requests.remove(Opcode.UNLINK, NO_NODEID, "x")));
    long hello = served.test.nodeid("hello");
    assertEquals(-Errno.ENOTDIR, error(Requests.remove(Opcode.UNLINK, hello, "x")));
    assertEquals(-Errno.ENOTEMPTY, error(Requests.remove(Opcode.RMDIR, 1, "dir")));
    assertEquals(-Errno.ENOTDIR, error(Requests.remove(Opcode.RMDIR, 1, "hello")));
    assertEquals(-Errno.ENOENT, error(Requests.remove(Opcode.RMDIR, 1, "nothing")));
    assertEquals(0, error(Requests.mkdir(1, "empty", 0755)));
    assertEquals(-Errno.EPERM, error(Requests.remove(Opcode.RMDIR, 1, "empty")));
  }

  @Test
  void aNameCannotBeChanged() {
    long dir = served.test.nodeid("dir");
    assertEquals(0, error(Requests.mkdir(1, "empty", 0755)));
    assertEquals(-Errno.EPERM, rename("hello", "new", 0));
    assertEquals(-Errno.EPERM, rename("hello", "simple", 0));
    assertEquals(0, rename("hello", "hello", 0));
    assertEquals(-Errno.ENOENT, rename("nothing", "new", 0));
    assertEquals(-Errno.EISDIR, rename("hello", "dir", 0));
    assertEquals(-Errno.ENOTDIR, rename("dir", "hello", 0));
    assertEquals(-Errno.ENOTEMPTY, rename("empty", "dir", 0));
    assertEquals(-Errno.EPERM, rename("dir", "empty", 0));
    assertEquals(-Errno.EEXIST, rename("hello", "simple", Rename2In.NOREPLACE));
    assertEquals(-Errno.EPERM, rename("hello", "new", Rename2In.NOREPLACE));
    assertEquals(-Errno.ENOENT, rename("hello", "new", Rename2In.EXCHANGE));
    assertEquals(-Errno.EPERM, rename("hello", "dir", Rename2In.EXCHANGE));
    assertEquals(-Errno.EINVAL, rename("hello", "new", Rename2In.WHITEOUT));
    assertEquals(-Errno.EINVAL, rename("hello", "new", 3));
    assertEquals(-Errno.EINVAL, rename("hello", "new", -1));
    assertEquals(-Errno.ESTALE, error(Requests.rename2(1, "hello", NO_NODEID, "x", 0)));
    long hello = served.test.nodeid("hello");
    assertEquals(-Errno.ENOTDIR, error(Requests.rename2(1, "hello", hello, "x", 0)));
    byte[] plain = RequestBytes.of(Opcode.RENAME, 1).u64(dir).name("hello").name("other").bytes();
    assertEquals(-Errno.EPERM, error(plain));
  }

  private int rename(String name, String newName, int flags) {
    return error(Requests.rename2(1, name, 1, newName, flags));
  }

  @Test
  void bothNamesOfARenameAreChecked() {
    assertEquals(-Errno.EINVAL, rename("", "new", 0));
    assertEquals(-Errno.EINVAL, rename("hello", "", 0));
    assertEquals(-Errno.EINVAL, rename("hello", "a/b", 0));
    assertEquals(-Errno.ENAMETOOLONG, rename("hello", "n".repeat(256), 0));
    byte[] one = RequestBytes.of(Opcode.RENAME, 1).u64(1).name("hello").bytes();
    assertEquals(-Errno.EINVAL, error(one));
    byte[] open =
        RequestBytes.of(Opcode.RENAME, 1).u64(1).name("hello").raw(new byte[] {'x'}).bytes();
    assertEquals(-Errno.EINVAL, error(open));
  }

  @Test
  void linksAreRefused() {
    long hello = served.test.nodeid("hello");
    assertEquals(-Errno.EPERM, error(Requests.link(hello, 1, "new")));
    assertEquals(-Errno.EEXIST, error(Requests.link(hello, 1, "simple")));
    assertEquals(-Errno.ESTALE, error(Requests.link(NO_NODEID, 1, "new")));
    assertEquals(-Errno.EPERM, error(Requests.symlink(1, "new", "/somewhere/else")));
    assertEquals(-Errno.EEXIST, error(Requests.symlink(1, "hello", "target")));
    assertEquals(-Errno.EINVAL, error(RequestBytes.of(Opcode.READLINK, hello).bytes()));
    assertEquals(-Errno.ESTALE, error(RequestBytes.of(Opcode.READLINK, NO_NODEID).bytes()));
    assertEquals(-Errno.EOPNOTSUPP, error(tmpfile(1)));
    assertEquals(-Errno.ENOTDIR, error(tmpfile(hello)));
  }

  private static byte[] tmpfile(long parent) {
    return RequestBytes.of(Opcode.TMPFILE, parent).u64(2).u64(0).name("/").bytes();
  }

  @Test
  void aReadOnlyExportSaysSo() throws IOException {
    TestVolume test = TestVolume.on(DaxDevices.memfd("fuse-test", TestVolume.DEVICE_BYTES));
    try (Served reads = new Served(test, FamfsOptions.standard().withReadOnly(true), null)) {
      long hello = test.nodeid("hello");
      for (byte[] request :
          List.of(
              Requests.mkdir(1, "new", 0755),
              Requests.remove(Opcode.UNLINK, 1, "hello"),
              Requests.rename2(1, "hello", 1, "new", 0),
              Requests.link(hello, 1, "new"),
              Requests.symlink(1, "new", "x"),
              tmpfile(1),
              Requests.fallocate(hello, 0, 0, 1),
              Requests.copy(Opcode.COPY_FILE_RANGE, hello, 0, hello, 3, 1),
              Requests.setattr(hello, SetattrIn.VALID_MODE, 0, 0600, 0))) {
        assertEquals(-Errno.EROFS, reads.call(request).error());
      }
      assertEquals(-Errno.EEXIST, reads.call(Requests.mkdir(1, "hello", 0755)).error());
      assertEquals(0, reads.call(Requests.syncfs()).error());
    }
  }
}
