package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Dirent;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.Requests;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DirectoryReaderTest {
  private static final List<String> ROOT = List.of(".", "..", "hello", "dir", "simple", "striped");

  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = Served.standard();
  }

  @AfterEach
  void close() {
    served.close();
  }

  private record Entry(String name, long ino, long cookie, int type, long nodeid) {}

  @Test
  void listsTheRootInOneGo() {
    List<Entry> entries = list(Opcode.READDIR, 1, 4096);
    assertEquals(ROOT, entries.stream().map(Entry::name).toList());
    assertEquals(served.test.nodeid("hello"), entries.get(2).ino());
    assertEquals(List.of(4, 4, 8, 4, 8, 8), entries.stream().map(Entry::type).toList());
  }

  @Test
  void goesOnWhereItStopped() {
    // Room for one entry of 32 bytes at a time.
    assertEquals(ROOT, list(Opcode.READDIR, 1, 40).stream().map(Entry::name).toList());
    int oneEntry = EntryOut.BYTES + 40;
    assertEquals(ROOT, list(Opcode.READDIRPLUS, 1, oneEntry).stream().map(Entry::name).toList());
  }

  @Test
  void plusCountsLookupsOfChildrenOnly() {
    List<Entry> entries = list(Opcode.READDIRPLUS, 1, 4096);
    assertEquals(0, entries.get(0).nodeid());
    assertEquals(0, entries.get(1).nodeid());
    for (Entry entry : entries.subList(2, entries.size())) {
      assertEquals(served.test.nodeid(entry.name()), entry.nodeid());
      assertEquals(entry.nodeid(), entry.ino());
    }
  }

  @Test
  void theParentOfADirectoryIsListed() {
    List<Entry> entries = list(Opcode.READDIR, served.test.nodeid("dir"), 4096);
    assertEquals(List.of(".", "..", "nested"), entries.stream().map(Entry::name).toList());
    assertEquals(1, entries.get(1).ino());
  }

  @Test
  void oddCookiesAndRoomsAreAnswered() {
    long[] behind = {6, 7, 1L << 40, -1, Long.MIN_VALUE};
    for (long cookie : behind) {
      Reply reply = served.call(Requests.read(Opcode.READDIR, 1, cookie, 4096));
      assertEquals(0, reply.error());
      assertEquals(0, reply.bodyLength());
    }
    Reply tight = served.call(Requests.read(Opcode.READDIR, 1, 0, 31));
    assertEquals(-Errno.EINVAL, tight.error());
    long hello = served.test.nodeid("hello");
    Reply file = served.call(Requests.read(Opcode.READDIR, hello, 0, 4096));
    assertEquals(-Errno.ENOTDIR, file.error());
    assertEquals(-Errno.ENOTDIR, served.call(Requests.open(Opcode.OPENDIR, hello, 0)).error());
    assertEquals(0, served.call(Requests.open(Opcode.OPENDIR, 1, 0)).error());
  }

  private List<Entry> list(int opcode, long directory, int size) {
    boolean plus = opcode == Opcode.READDIRPLUS;
    List<Entry> entries = new ArrayList<>();
    long cookie = 0;
    while (true) {
      Reply reply = served.call(Requests.read(opcode, directory, cookie, size));
      assertEquals(0, reply.error());
      if (reply.bodyLength() == 0) {
        return entries;
      }
      MemorySegment m = reply.message();
      long at = 16;
      while (at < m.byteSize()) {
        long nodeid = plus ? EntryOut.nodeid(m, at) : 0;
        at += plus ? EntryOut.BYTES : 0;
        int length = Dirent.namelen(m, at);
        byte[] name = m.asSlice(at + Dirent.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        cookie = Dirent.offset(m, at);
        entries.add(
            new Entry(
                new String(name, StandardCharsets.UTF_8),
                Dirent.ino(m, at),
                cookie,
                Dirent.type(m, at),
                nodeid));
        at += Dirent.sizeBytes(length);
      }
    }
  }
}
