package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.core.Errno;
import io.famfs.dax.DaxDevices;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.WriteOut;
import io.famfs.fuse.server.Requests;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataPathTest {
  private static final int OPERATIONS = 500;
  private static final int MAX_LENGTH = 1 << 20;

  @ParameterizedTest
  @ValueSource(strings = {"hello", "simple", "striped"})
  void readsAndWritesAgreeWithAnArray(String path) throws IOException {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    try (Served served = Served.standard()) {
      long nodeid = served.test.nodeid(path);
      byte[] model = served.test.contents(path);
      for (int i = 0; i < OPERATIONS; i++) {
        int offset = random.nextInt(model.length + 10);
        int length = 1 << random.nextInt(21);
        length = random.nextInt(Math.min(length, MAX_LENGTH)) + 1;
        if (random.nextBoolean()) {
          read(served, nodeid, model, offset, length, seed);
        } else {
          byte[] data = new byte[length];
          random.nextBytes(data);
          write(served, nodeid, model, offset, data);
        }
      }
      assertArrayEquals(served.test.contents(path), model, () -> "seed " + seed);
    }
  }

  private static void read(
      Served served, long nodeid, byte[] model, int offset, int length, long seed) {
    byte[] got = served.call(Requests.read(Opcode.READ, nodeid, offset, length)).body();
    int start = Math.min(offset, model.length);
    int end = Math.min(offset + length, model.length);
    assertArrayEquals(Arrays.copyOfRange(model, start, end), got, () -> "seed " + seed);
  }

  private static void write(Served served, long nodeid, byte[] model, int offset, byte[] data) {
    var reply = served.call(Requests.write(nodeid, offset, data));
    if (offset >= model.length) {
      assertEquals(-Errno.EFBIG, reply.error());
      return;
    }
    int inside = Math.min(data.length, model.length - offset);
    assertEquals(inside, WriteOut.size(reply.message(), 16));
    System.arraycopy(data, 0, model, offset, inside);
  }

  @Test
  void memoryThatHasGoneIsAnErrorAndNotTheEnd(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("device");
    TestVolume test = TestVolume.on(DaxDevices.createFile(file, TestVolume.DEVICE_BYTES));
    try (Served served = new Served(test, FamfsOptions.standard(), null)) {
      long striped = test.nodeid("striped");
      byte[] read = Requests.read(Opcode.READ, striped, 0, 4096);
      assertEquals(0, served.call(read).error());
      // The superblock, the log and the first file stay, the rest is cut off.
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(12 << 20);
      }
      assertEquals(-Errno.EIO, served.call(read).error());
      assertEquals(-Errno.EIO, served.call(Requests.write(striped, 0, new byte[4096])).error());
      assertEquals(2, served.server.stats().memoryFaults());
      assertEquals(0, served.server.stats().failures());
      assertEquals(0, served.call(Requests.getattr(striped)).error());
      long hello = test.nodeid("hello");
      assertEquals(5, served.call(Requests.read(Opcode.READ, hello, 0, 4096)).bodyLength());
    }
  }
}
