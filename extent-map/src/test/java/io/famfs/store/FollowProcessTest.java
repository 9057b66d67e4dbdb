package io.famfs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.DaxDevice;
import io.famfs.store.namespace.Inode;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One process appends, another one follows: both have the same file mapped.
class FollowProcessTest {
  private static final int ENTRIES = 150;

  /// Ten times what is promised: other programs of the host may keep the processors busy.
  private static final long MEDIAN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  @Test
  @Timeout(value = 180, unit = TimeUnit.SECONDS)
  void whatOneProcessAppendsTheOtherSees(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("device");
    TestDevice device = TestDevice.sparse(file, 64L << 20);
    Volume.format(List.of(device), FormatOptions.ownedBy(MediaEditor.OWNER)).close();
    BlockingQueue<Long> latencies = new LinkedBlockingQueue<>();
    Volume reader = Volume.open(List.of(device.readOnly()), OpenOptions.forReading());
    Following following =
        reader.follow(
            new FollowListener() {
              @Override
              public void added(Inode inode) {
                latencies.add(System.nanoTime() - Long.parseLong(inode.path().substring(2)));
              }
            });
    Process appender = appender(file);
    long[] nanos = new long[ENTRIES];
    try (OutputStream next = appender.getOutputStream()) {
      for (int i = 0; i < ENTRIES; i++) {
        next.write(1);
        next.flush();
        Long latency = latencies.poll(60, TimeUnit.SECONDS);
        assertNotNull(latency, "entry " + i + " did not become visible: " + following.status());
        nanos[i] = latency;
      }
    } finally {
      following.close();
      if (!appender.waitFor(30, TimeUnit.SECONDS)) {
        appender.destroyForcibly();
      }
    }
    assertEquals(0, appender.exitValue());
    assertEquals(ENTRIES, reader.namespace().root().childCount());
    assertTrue(reader.report().clean());
    long[] sorted = LongStream.of(nanos).sorted().toArray();
    System.out.printf(
        "from append to visible in another process: median %.2f ms, 99 of 100 %.2f ms, most %.2f"
            + " ms%n",
        sorted[ENTRIES / 2] / 1e6, sorted[ENTRIES * 99 / 100] / 1e6, sorted[ENTRIES - 1] / 1e6);
    assertTrue(sorted[ENTRIES / 2] < MEDIAN_NANOS, sorted[ENTRIES / 2] + " ns");
  }

  private static Process appender(Path file) throws Exception {
    String core =
        Path.of(DaxDevice.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
    String classPath =
        String.join(
            System.getProperty("path.separator"), core, "target/classes", "target/test-classes");
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-cp",
            classPath,
            LogAppender.class.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
