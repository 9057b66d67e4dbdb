package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Two clients of a volume in which files are made.
abstract class NewFilesFixture {
  static final int O_WRONLY = 1;
  static final int O_RDWR = 2;
  static final int O_EXCL = 0200;
  static final int O_TRUNC = 01000;
  static final int RANGE = 2 << 20;

  Served served;
  final MemoryExchange exchange = new MemoryExchange();
  Session second;
  final ExtentCursor cursor = new ExtentCursor();

  @BeforeEach
  void serve() throws IOException {
    served = Served.standard();
    second = served.server.open(null);
    assertEquals(0, exchange.call(second, Requests.init()).error());
  }

  @AfterEach
  void close() {
    second.close();
    served.close();
  }

  int error(byte[] request) {
    return served.call(request).error();
  }

  /// What the other client is answered.
  int secondError(byte[] request) {
    return exchange.call(second, request).error();
  }

  long create(String name, int flags) {
    Reply reply = served.call(Requests.create(1, name, 0100644, flags));
    assertEquals(0, reply.error());
    return EntryOut.nodeid(reply.message(), 16);
  }

  byte[] read(Session session, long nodeid, long offset, int length) {
    Reply reply = exchange.call(session, Requests.read(Opcode.READ, nodeid, offset, length));
    assertEquals(0, reply.error());
    return reply.message().asSlice(16).toArray(ValueLayout.JAVA_BYTE);
  }

  /// The file as another host finds it in the log; null when it is not there.
  @Nullable FileInode inLog(String path) throws IOException {
    try (Volume other =
        Volume.open(List.of(served.test.device()), OpenOptions.forHost(new UUID(8, 8)))) {
      return (FileInode) other.namespace().find(path);
    }
  }

  static byte[] random(int length, long seed) {
    byte[] data = new byte[length];
    new Random(seed).nextBytes(data);
    return data;
  }
}
