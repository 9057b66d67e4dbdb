package io.famfs.fuse.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.famfs.TestVolume;
import io.famfs.fuse.server.FuseServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Memory that goes under a mount: the file behind the device is cut in the middle of `striped`.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BadMemoryMountTest {
  private static final int PAGE = 4096;
  private static final int CHUNK = 2 << 20;
  private static final long CUT = 30 * ByteSize.MIB + 2 * PAGE;
  private static final int LAST = CHUNK + 2 * PAGE;

  @TempDir Path directory;

  @SuppressWarnings("NullAway.Init")
  private TestVolume test;

  @SuppressWarnings("NullAway.Init")
  private FuseMount mount;

  @BeforeEach
  void mount() throws IOException {
    Mountable.assume(directory);
    test = TestVolume.inMemory();
    FuseServer server = new FuseServer(new FamfsFileSystem(test.volume(), FamfsOptions.standard()));
    mount = FuseMount.mount(MountOptions.at(directory, "bad-memory").withWorkers(2), server);
  }

  @AfterEach
  void unmount() {
    if (mount != null) {
      mount.close();
      test.close();
    }
  }

  private static void readFrom(FileChannel channel, ByteBuffer into, long at) throws IOException {
    into.clear();
    assertTrue(channel.read(into, at) >= 0);
    into.flip();
  }

  @Test
  void aFileFailsWhereItsMemoryIsBadAndNowhereElse() throws Exception {
    CountDownLatch known = new CountDownLatch(1);
    test.volume().badMemory().listen(_ -> known.countDown());
    byte[] data = new byte[4 * PAGE];
    new SplittableRandom(9).nextBytes(data);
    Path file = directory.resolve("striped");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(data), CHUNK);
      ((MappedDaxDevice) test.device()).fd().truncate(CUT);
      ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
      // The kernel ends a request when it cannot take the reply; only then the server knows.
      requireFailure(() -> readFrom(channel, buffer, CHUNK));
      known.await();
      readFrom(channel, buffer, CHUNK);
      byte[] read = new byte[buffer.remaining()];
      buffer.get(read);
      assertArrayEquals(Arrays.copyOf(data, 2 * PAGE), read);
      requireFailure(() -> readFrom(channel, buffer, LAST));
      readFrom(channel, buffer, 2 * CHUNK);
      assertEquals(64 * 1024, buffer.remaining());
      assertEquals(2 * PAGE, channel.write(ByteBuffer.wrap(data), CHUNK), "up to the bad memory");
      requireFailure(() -> channel.write(ByteBuffer.wrap(data), LAST));
      requireFailure(() -> channel.force(true));
    }
    assertEquals(TestVolume.STRIPED_BYTES, Files.size(file));
    assertEquals("hello", Files.readString(directory.resolve("hello"), StandardCharsets.US_ASCII));
    assertTrue(mount.isServed());
  }

  @Test
  void aWriteIntoMemoryThatHasGoneEndsBeforeIt() throws IOException {
    try (FileChannel channel =
        FileChannel.open(directory.resolve("striped"), StandardOpenOption.WRITE)) {
      ((MappedDaxDevice) test.device()).fd().truncate(CUT);
      assertEquals(2 * PAGE, channel.write(ByteBuffer.wrap(new byte[5 * PAGE]), CHUNK));
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  private static void requireFailure(Action action) {
    IOException failed = assertThrows(IOException.class, action::run);
    assertEquals("Input/output error", failed.getMessage());
  }
}
