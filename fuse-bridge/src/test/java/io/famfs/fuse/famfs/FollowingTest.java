package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.dax.Coherence;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import io.famfs.os.CacheLines;
import io.famfs.store.FollowListener;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A door that serves a volume which another process writes: what its peer is told, on the wire.
class FollowingTest {
  private static final int FILES = 200;
  private static final long BYTES = 512L << 20;
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long PROMISED_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  @ParameterizedTest
  @EnumSource(names = {"COHERENT", "FLUSH"})
  void anAddedFileIsFoundSoonAfter(Coherence coherence) throws Exception {
    Path shm = Path.of("/dev/shm");
    Assumptions.assumeTrue(
        Files.isWritable(shm) && CacheLines.available(), "SKIPPED: no memory file to flush");
    Path folder = Files.createTempDirectory(shm, "famfs-test");
    Path file = folder.resolve("device");
    UUID owner = UUID.randomUUID();
    try (MappedDaxDevice written = DaxDevices.createFile(file, BYTES, coherence);
        Volume writer = Volume.format(List.of(written), FormatOptions.ownedBy(owner));
        MappedDaxDevice read = DaxDevices.open(file, Mode.READ_ONLY, coherence);
        Volume reader = Volume.open(List.of(read), OpenOptions.forReading())) {
      reader.follow(new FollowListener() {});
      FuseServer server =
          new FuseServer(new FamfsFileSystem(reader, FamfsOptions.standard().withReadOnly(true)));
      try (Session session = server.open(null)) {
        MemoryExchange exchange = new MemoryExchange();
        assertEquals(0, exchange.call(session, Requests.init()).error());
        measure(coherence, writer, session, exchange);
      }
    } finally {
      Files.delete(file);
      Files.delete(folder);
    }
  }

  private static void measure(
      Coherence coherence, Volume writer, Session session, MemoryExchange exchange)
      throws Exception {
    long[] latencies = new long[FILES];
    for (int i = 0; i < FILES; i++) {
      byte[] lookup = Requests.lookup(1, "file" + i);
      // An error: unlike an entry of node 0, a kernel does not keep it.
      assertEquals(-Errno.ENOENT, exchange.call(session, lookup).error());
      writer.create("file" + i, 10_000, 0644, 0, 0).commit();
      long made = System.nanoTime();
      MemoryExchange.Reply reply = exchange.call(session, lookup);
      while (reply.error() != 0) {
        assertTrue(System.nanoTime() - made < LIMIT_NANOS, "file" + i + " does not appear");
        reply = exchange.call(session, lookup);
      }
      latencies[i] = System.nanoTime() - made;
      long nodeid = EntryOut.nodeid(reply.message(), 16);
      assertEquals(
          10_000,
          exchange.call(session, Requests.read(Opcode.READ, nodeid, 0, 20_000)).bodyLength());
    }
    assertTrue(
        exchange.call(session, Requests.read(Opcode.READDIR, 1, 0, 4096)).bodyLength() > 1000);
    Arrays.sort(latencies);
    System.out.printf(
        "%s: files found by a following door after: median %d us, 99%% %d us, longest %d us%n",
        coherence,
        latencies[FILES / 2] / 1000,
        latencies[FILES * 99 / 100] / 1000,
        latencies[FILES - 1] / 1000);
    assertTrue(latencies[FILES / 2] < PROMISED_NANOS, Arrays.toString(latencies));
  }
}
