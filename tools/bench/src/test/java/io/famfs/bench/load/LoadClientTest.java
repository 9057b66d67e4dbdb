package io.famfs.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.zip.CRC32C;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadClientTest {
  private static final long MILLIS = 100;

  private static Load verified(String operation, int queues, boolean polled, long rate) {
    return new Load(LoadOperation.parse(operation), 4, queues, polled, MILLIS, rate, true, true);
  }

  private static void assertRan(LoadResult result) {
    assertTrue(result.requests() > 0, result.load() + ": nothing was answered");
    assertEquals(result.requests(), result.latency().getTotalCount(), "latencies");
    assertTrue(result.perSecond() > 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"getattr", "lookup", "open", "read:4k", "read:1M", "write:8", "write:128k"})
  void everyOperationIsAnsweredHoweverRepliesAreAwaited(String operation) throws Exception {
    try (ServedFile served = new ServedFile(false);
        LoadClient client = served.client(2, 4)) {
      client.fill();
      assertRan(client.run(verified(operation, 1, true, 0)));
      assertRan(client.run(verified(operation, 2, false, 0)));
      assertRan(client.run(verified(operation, 1, false, 500)));
    }
  }

  @Test
  void whatIsWrittenIsReadAndSummedUp() throws Exception {
    try (ServedFile served = new ServedFile(false);
        LoadClient client = served.client(1, 4)) {
      client.fill();
      CRC32C sum = new CRC32C();
      try (GuestRam expected = new GuestRam(ServedFile.FILE_BYTES)) {
        Pattern.put(expected.memory(), 0, 0, ServedFile.FILE_BYTES);
        sum.update(expected.memory().asByteBuffer());
      }
      assertEquals(sum.getValue(), client.checksum());
      assertRan(client.run(verified("write:64k", 1, false, 0)));
      assertEquals(sum.getValue(), client.checksum());
    }
  }

  @Test
  void aWrongByteIsSeenAndNamed() throws Exception {
    try (ServedFile served = new ServedFile(false);
        LoadClient client = served.client(1, 4)) {
      client.fill();
      long mark = Pattern.word(0x1000);
      long at = 0;
      while (served.device.memory().get(ValueLayout.JAVA_LONG_UNALIGNED, at) != mark) {
        at += Long.BYTES;
      }
      served.device.memory().set(ValueLayout.JAVA_BYTE, at + 3, (byte) 0x77);
      Load all = new Load(LoadOperation.parse("read:64k"), 4, 1, false, 60_000, 0, false, true);
      LoadException e = assertThrows(LoadException.class, () -> client.run(all));
      assertEquals("wrong bytes at 4096 of the file", e.getMessage());
    }
  }

  @Test
  void theWindowShowsTheFile() throws Exception {
    try (ServedFile served = new ServedFile(true);
        LoadClient client = served.client(1, 1)) {
      client.fill();
      Load load =
          new Load(LoadOperation.parse("setupmapping:2M"), 1, 1, false, MILLIS, 0, false, true);
      assertRan(client.run(load));
      assertTrue(client.mmapNanos(load) > 0);
    }
  }

  @Test
  void aServerWithoutAWindowIsToldApart() throws Exception {
    try (ServedFile served = new ServedFile(false);
        LoadClient client = served.client(1, 1)) {
      Load load = Load.closed(LoadOperation.parse("setupmapping:2M"), 1, false, 1);
      assertThrows(IllegalArgumentException.class, () -> client.run(load));
    }
  }

  @Test
  void latenciesCountFromWhenARequestWasDue() throws Exception {
    try (ServedFile served = new ServedFile(false);
        LoadClient client = served.client(1, 1)) {
      // More than one request at a time can do: what is due waits for what was due before it.
      long millis = 5;
      Load load =
          new Load(LoadOperation.parse("read:1M"), 1, 1, true, millis, 1_000_000, false, false);
      LoadResult result = client.run(load);
      assertEquals(millis * 1000, result.requests(), "every request that was due");
      long last = result.latency().getMaxValue();
      assertTrue(last > result.nanos() / 3, "the last one waited " + last + " ns");
    }
  }

  @Test
  void aRequestAllocatesNothing() throws Exception {
    try (ServedFile served = new ServedFile(false);
        LoadClient client = served.client(1, 4)) {
      QueueDriver driver = client.driver(0);
      Histogram into = new Histogram(3_600_000_000_000L, 3);
      Load load = Load.closed(LoadOperation.parse("read:4k"), 4, false, 20);
      com.sun.management.ThreadMXBean threads =
          (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
      // Preparing the slots allocates, and so does code that is not compiled yet.
      double least = Double.MAX_VALUE;
      for (int round = 0; round < 400 && least > 1; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        driver.run(load, into);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        least = Math.min(least, (double) bytes / Math.max(1, driver.requests()));
      }
      assertTrue(least <= 1, "bytes per request: " + least);
    }
  }
}
