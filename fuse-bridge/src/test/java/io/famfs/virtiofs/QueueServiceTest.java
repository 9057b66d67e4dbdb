package io.famfs.virtiofs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.server.EchoSession;
import io.famfs.os.CpuSet;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// How queues are served: polling, the number of threads at work, their processors.
class QueueServiceTest {
  private static final QueueService STANDARD = QueueService.standard();
  private static final QueueService ASLEEP = STANDARD.withPoll(Duration.ZERO);
  private static final QueueService POLLED = STANDARD.withPoll(QueueService.MAX_POLL);
  private static final Duration IDLE = Duration.ofMillis(500);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static void echo(TestFrontEnd frontEnd, int ring) {
    byte[] reply = frontEnd.call(ring, EchoSession.ECHO, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, 64);
    assertEquals(24, reply.length);
  }

  private static Map<Long, Long> workers() {
    Map<Long, Long> nanos = new ConcurrentHashMap<>();
    for (long id : THREADS.getAllThreadIds()) {
      var info = THREADS.getThreadInfo(id);
      if (info != null && info.getThreadName().contains(" queue ")) {
        nanos.put(id, Math.max(0, THREADS.getThreadCpuTime(id)));
      }
    }
    return nanos;
  }

  /// Lets time pass in which nothing happens.
  private static void pass(Duration time) throws InterruptedException {
    assertFalse(new Semaphore(0).tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS));
  }

  private static long sum(Map<Long, Long> nanos) {
    return nanos.values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void anIdleQueueCostsNothingHoweverLongItMayBePolled() throws Exception {
    try (TestServer server = new TestServer(2, 0, POLLED);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.realize(3);
      frontEnd.start();
      for (int i = 0; i < 1000; i++) {
        echo(frontEnd, 1 + i % 2);
      }
      // A queue that was busy is looked at for the limit at most, once.
      pass(QueueService.MAX_POLL.multipliedBy(3));
      long before = sum(workers());
      pass(IDLE);
      long used = sum(workers()) - before;
      assertTrue(used < IDLE.toNanos() / 100, "used " + used + " ns in half a second of nothing");
    }
  }

  @Test
  void aBusyQueueWantsFewerSignalsThanItHasRequests() throws Exception {
    try (TestServer server = new TestServer(1, 0, POLLED);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.features |= TestFrontEnd.EVENT_IDX;
      frontEnd.realize(2);
      frontEnd.start();
      TestRing ring = frontEnd.rings.get(1);
      int requests = 500;
      int wanted = 0;
      for (int i = 0; i < requests; i++) {
        frontEnd.prepare(1, frontEnd.request(EchoSession.ECHO, 1, new byte[8]), 64);
        ring.usedEvent(ring.usedIndexOnRing());
        ring.offer(0);
        if (ring.availEvent() == i) {
          wanted++;
          ring.kick.signal();
        }
        assertEquals(24, ring.take().length());
      }
      assertTrue(wanted < requests / 2, wanted + " signals for " + requests + " requests");
    }
  }

  @Test
  void aPolledQueueIsStoppedAndGoesOn() throws Exception {
    try (TestServer server = new TestServer(1, 0, POLLED);
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.realize(2);
      frontEnd.start();
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 20; i++) {
          echo(frontEnd, 1);
        }
        int base = frontEnd.vringBase(1);
        assertEquals((round + 1) * 20, base);
        frontEnd.place(1, base);
        TestFrontEnd.check(frontEnd.tell(12, TestFrontEnd.u64(1), frontEnd.rings.get(1).kick.fd()));
      }
    }
  }

  @Test
  void withOneWorkerQueuesTakeTurnsAndTheHighPriorityQueueDoesNotWait() throws Exception {
    try (TestServer server = new TestServer(2, 0, ASLEEP.withWorkers(1));
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.realize(3);
      frontEnd.start();
      EchoSession session = server.session();
      frontEnd.prepare(1, frontEnd.request(EchoSession.BLOCK, 1, new byte[0]), 64);
      frontEnd.rings.get(1).submit(0);
      session.blocked.await();
      TestRing second = frontEnd.rings.get(2);
      byte[] request = frontEnd.request(EchoSession.ECHO, 2, new byte[8]);
      frontEnd.poke(0x180000, request);
      second.chain(
          second.descriptorTable(),
          0,
          List.of(
              new TestRing.Buffer(0x180000, request.length, false),
              new TestRing.Buffer(0x190000, 64, true)));
      second.submit(0);
      // The blocked request's memory is its own; the high-priority queue uses another place.
      TestRing urgent = frontEnd.rings.get(0);
      frontEnd.poke(0x1a0000, request);
      urgent.chain(
          urgent.descriptorTable(),
          0,
          List.of(
              new TestRing.Buffer(0x1a0000, request.length, false),
              new TestRing.Buffer(0x1b0000, 64, true)));
      urgent.submit(0);
      assertEquals(24, urgent.take().length());
      assertEquals(0, second.usedIndexOnRing(), "served while the only worker was busy");
      session.release.countDown();
      assertEquals(24, second.take().length());
      assertEquals(16, frontEnd.rings.get(1).take().length());
    }
  }

  @Test
  void workersRunOnTheProcessorsTheyAreGiven() throws Exception {
    CpuSet all = CpuSet.ofThisThread();
    CpuSet last = all.one(all.count() - 1);
    try (TestServer server = new TestServer(1, 0, STANDARD.withCpus(last));
        TestFrontEnd frontEnd = new TestFrontEnd(server.socket, 0)) {
      frontEnd.realize(2);
      frontEnd.start();
      echo(frontEnd, 1);
      assertTrue(allowed().contains(last.toString()), "workers may run on " + allowed());
    }
  }

  /// The processors of the threads of this process that are bound to fewer than all.
  private static Set<String> allowed() throws Exception {
    try (var tasks = java.nio.file.Files.list(java.nio.file.Path.of("/proc/self/task"))) {
      return tasks
          .map(task -> {
            try {
              return java.nio.file.Files.readString(task.resolve("status"));
            } catch (java.io.IOException e) {
              return "";
            }
          })
          .flatMap(status -> Arrays.stream(status.split("\n", -1)))
          .filter(line -> line.startsWith("Cpus_allowed_list:"))
          .map(line -> line.substring(line.indexOf('\t') + 1))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void wrongNumbersAreRefusedWithTheLimit() {
    assertThrows(IllegalArgumentException.class, () -> STANDARD.withPoll(Duration.ofSeconds(1)));
    assertThrows(IllegalArgumentException.class, () -> STANDARD.withPoll(Duration.ofNanos(-1)));
    assertThrows(IllegalArgumentException.class, () -> STANDARD.withWorkers(65));
    assertThrows(IllegalArgumentException.class, () -> STANDARD.withWorkers(-1));
  }
}
