package io.famfs.fuse.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrafficTableTest {
  private static FileTraffic sum(TrafficTable table) {
    FileTraffic[] all = {new FileTraffic(0, 0, 0, 0, 0)};
    table.forEach(counts -> all[0] = all[0].plus(counts));
    return all[0];
  }

  @Test
  void fewFilesAreCountedExactly() {
    TrafficTable table = new TrafficTable(TrafficTable.SLOTS);
    TrafficSums sums = new TrafficSums();
    for (int i = 0; i < 3; i++) {
      table.add(7, TrafficTable.READ, 100);
      table.add(7, TrafficTable.WRITTEN, 10);
      table.add(-9, TrafficTable.MAPPED, 1);
    }
    table.forEach(sums::add);
    assertEquals(
        List.of(new FileTraffic(7, 300, 30, 0, 6), new FileTraffic(-9, 0, 0, 3, 3)),
        sums.busiest(10));
    assertEquals(List.of(new FileTraffic(7, 300, 30, 0, 6)), sums.busiest(1));
    assertEquals(new FileTraffic(8, 0, 0, 0, 0), sums.of(8));
  }

  @Test
  void nothingIsLostWhenThereAreMoreFilesThanSlotsAndBusyFilesStay() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    TrafficTable table = new TrafficTable(64);
    Map<Long, Long> busy = new HashMap<>();
    long bytes = 0;
    int adds = 50_000;
    for (int i = 0; i < adds; i++) {
      boolean heavy = i % 4 == 0;
      long nodeid = heavy ? 1 + random.nextInt(4) : 100 + random.nextInt(100_000);
      long amount = heavy ? 1 << 20 : 1 + random.nextInt(100);
      table.add(nodeid, 1 + random.nextInt(3), amount);
      bytes += amount;
      if (heavy) {
        busy.merge(nodeid, amount, Long::sum);
      }
    }
    assertEquals(bytes, sum(table).bytes(), () -> "seed " + seed);
    assertEquals(adds, sum(table).requests(), () -> "seed " + seed);
    TrafficSums sums = new TrafficSums();
    table.forEach(sums::add);
    busy.forEach((nodeid, amount) ->
        assertEquals(amount, sums.of(nodeid).bytes(), () -> "seed " + seed + " file " + nodeid));
  }

  @Test
  void sumsKeepTheBusiestAndTheTotal() {
    TrafficSums sums = new TrafficSums();
    for (int nodeid = 1; nodeid <= 100; nodeid++) {
      sums.add(new FileTraffic(nodeid, nodeid, 0, 0, 1));
    }
    for (int keep : new int[] {100, 10, 10, 1}) {
      sums.keep(keep);
      assertEquals(keep, sums.busiest(1000).size());
      assertEquals(100, sums.busiest(1).getFirst().nodeid());
      long others = sums.of(0).readBytes();
      long kept = sums.busiest(1000).stream().mapToLong(FileTraffic::readBytes).sum();
      assertEquals(5050, others + kept);
    }
  }

  @Test
  void readerNeverSeesCountsOfAnotherFile() throws InterruptedException {
    TrafficTable table = new TrafficTable(8);
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              for (long i = 1; i <= 2_000_000; i++) {
                long nodeid = 1 + i % 50;
                table.add(nodeid, TrafficTable.READ, nodeid);
              }
            });
    while (writer.isAlive()) {
      table.forEach(counts -> {
        if (counts.nodeid() != 0) {
          assertEquals(0, counts.readBytes() % counts.nodeid(), counts::toString);
        }
      });
    }
    writer.join();
    assertTrue(sum(table).requests() == 2_000_000);
  }
}
