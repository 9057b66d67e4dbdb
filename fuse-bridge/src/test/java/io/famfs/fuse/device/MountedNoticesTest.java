package io.famfs.fuse.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.famfs.CachePolicy;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.famfs.TestVolume;
import io.famfs.fuse.protocol.Notification;
import io.famfs.fuse.server.Exchange;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.NotificationChannel;
import io.famfs.fuse.server.Session;
import io.famfs.fuse.server.SessionFactory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two mounts of one server whose kernel remembers names and attributes for a day.
@Timeout(60)
class MountedNoticesTest {
  @TempDir Path place;

  private final MemorySegment message = Arena.ofAuto().allocate(Notification.MAX_BYTES, 8);
  private TestVolume test;
  private FuseServer server;
  private FuseMount here;
  private FuseMount there;
  private Channels channels;

  /// Keeps the way to tell the kernel that each mount has, for notifications of the test's own.
  private static final class Channels implements SessionFactory {
    private final FuseServer server;
    @Nullable NotificationChannel last;

    Channels(FuseServer server) {
      this.server = server;
    }

    @Override
    public Session open(@Nullable MappingWindow window) {
      return server.open(window);
    }

    @Override
    public Session openLocal() {
      Session session = server.openLocal();
      return new Session() {
        @Override
        public void handle(Exchange exchange) {
          session.handle(exchange);
        }

        @Override
        public boolean hear(NotificationChannel channel) {
          last = channel;
          return session.hear(channel);
        }

        @Override
        public boolean resend() {
          return session.resend();
        }

        @Override
        public void close() {
          session.close();
        }
      };
    }
  }

  @BeforeEach
  void mount() throws IOException {
    Mountable.assume(place);
    test = TestVolume.inMemory();
    FamfsOptions options = FamfsOptions.standard().withCache(CachePolicy.ALWAYS);
    server = new FuseServer(new FamfsFileSystem(test.volume(), options));
    channels = new Channels(server);
    there = FuseMount.mount(MountOptions.at(Mountable.directory(place, "b"), "told"), server);
    here = FuseMount.mount(MountOptions.at(Mountable.directory(place, "a"), "told"), channels);
  }

  @AfterEach
  void unmount() {
    if (here != null) {
      here.close();
      there.close();
      test.close();
    }
  }

  private Path hello() {
    return here.directory().resolve("hello");
  }

  private long asked() {
    return server.stats().requests("LOOKUP") + attributesAsked();
  }

  private long attributesAsked() {
    return server.stats().requests("GETATTR") + server.stats().requests("STATX");
  }

  /// Looks at the file until nothing is asked for it any more.
  private void remember() throws IOException {
    long before;
    do {
      before = asked();
      assertEquals(5, Files.size(hello()));
    } while (asked() != before);
  }

  private int send(int length) {
    NotificationChannel channel = channels.last;
    assertNotNull(channel);
    return channel.send(message, length);
  }

  @Test
  void whatChangesThroughOneMountShowsInTheOther() throws IOException {
    remember();
    FileTime time = FileTime.from(Instant.ofEpochSecond(1_000_000_000));
    Files.setLastModifiedTime(there.directory().resolve("hello"), time);
    while (!Files.getLastModifiedTime(hello()).equals(time)) {
      Thread.onSpinWait();
    }
    remember();
    Files.write(there.directory().resolve("hello"), new byte[] {1}, StandardOpenOption.WRITE);
    while (Files.getLastModifiedTime(hello()).equals(time)) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aNewDirectoryShowsAtOnce() throws IOException {
    Files.createDirectory(there.directory().resolve("made"));
    assertTrue(Files.isDirectory(here.directory().resolve("made")));
  }

  /// The kernel takes what is sent, and asks again for what it was told about.
  @Test
  void theKernelForgetsWhatItIsTold() throws IOException {
    ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    byte[] name = "hello".getBytes(StandardCharsets.US_ASCII);
    remember();
    long before = server.stats().requests("LOOKUP");
    int sent = send(Notification.entry(message, order, 1, name, Notification.EXPIRE_ONLY));
    assertTrue(sent >= 0, () -> Errno.describe(-sent));
    assertEquals(5, Files.size(hello()));
    assertTrue(server.stats().requests("LOOKUP") > before, "the name");
    remember();
    before = attributesAsked();
    assertTrue(send(Notification.attributes(message, order, test.nodeid("hello"))) >= 0);
    assertEquals(5, Files.size(hello()));
    assertTrue(attributesAsked() > before, "the attributes");
    remember();
    before = server.stats().requests("LOOKUP");
    int epoch = send(Notification.plain(message, order, Notification.INC_EPOCH));
    if (epoch >= 0) {
      assertEquals(5, Files.size(hello()));
      assertTrue(server.stats().requests("LOOKUP") > before, "everything");
    } else {
      assertEquals(-Errno.EINVAL, epoch, "Linux before 6.16");
    }
    int pruned = send(Notification.prune(message, order, new long[] {test.nodeid("hello")}, 1));
    assertTrue(pruned >= 0 || pruned == -Errno.EINVAL, "Linux before 6.19");
    assertEquals(-Errno.ENOENT, send(Notification.attributes(message, order, 1L << 40)));
    remember();
  }

  @Test
  void aRequestThatWaitsSurvivesBeingSentAgain() throws Exception {
    LockingProcess.assumePython();
    try (LockingProcess holder = LockingProcess.flock(hello())) {
      holder.requireLine("have");
      try (LockingProcess waiter = LockingProcess.record(hello(), "0", "1");
          LockingProcess other = LockingProcess.flock(hello())) {
        waiter.requireLine("have");
        while (server.waitingForLocks() != 1) {
          Thread.onSpinWait();
        }
        long before = server.stats().requests("SETLKW");
        if (!here.resend()) {
          return;
        }
        while (server.stats().requests("SETLKW") == before) {
          Thread.onSpinWait();
        }
        holder.finish();
        other.requireLine("have");
        assertEquals(0, server.waitingForLocks());
      }
    }
  }

  /// The kernel leaves set-id bits to the server, so it does not look for capabilities before each
  /// write to its cache.
  @Test
  void setIdBitsGoWithTheFirstWriteOfSomebodyElse() throws Exception {
    Files.write(hello(), new byte[] {1}, StandardOpenOption.WRITE);
    long asked = server.stats().requests("GETXATTR");
    for (int i = 0; i < 50; i++) {
      Files.write(hello(), new byte[] {(byte) i}, StandardOpenOption.WRITE);
    }
    assertTrue(server.stats().requests("GETXATTR") - asked <= 1);
    assertEquals(0, run("chmod 6777 " + hello()));
    assertEquals(06777, mode());
    Files.write(hello(), new byte[] {2}, StandardOpenOption.WRITE);
    assertEquals(06777, mode(), "root keeps them");
    String other = "setpriv --reuid=65534 --regid=65534 --clear-groups sh -c 'echo x 1<>";
    assertEquals(0, run("chmod a+rx " + place + " && " + other + hello() + "'"));
    assertEquals(0777, mode());
  }

  private int mode() throws IOException {
    return (int) Files.getAttribute(hello(), "unix:mode") & 07777;
  }

  private static int run(String script) throws IOException, InterruptedException {
    return new ProcessBuilder("sh", "-c", script).inheritIO().start().waitFor();
  }
}
