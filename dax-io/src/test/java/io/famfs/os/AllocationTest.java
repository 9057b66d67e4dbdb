package io.famfs.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.ThreadMXBean;
import io.famfs.os.MemoryMap.Access;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/// What runs per request allocates nothing once it is compiled.
final class AllocationTest {
  private static final int CALLS = 100_000;
  private static final Duration WARM_UP = Duration.ofSeconds(20);
  private static final double LIMIT_BYTES_PER_CALL = 0.1;

  /// What the linker cuts off the call state at each call, unless the compiler removes it.
  private static final double LINKER_SLICE_BYTES = 40;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void transfersAllocateNothing() throws IOException {
    try (Fd fd = Memfd.create("allocation", 1 << 20);
        Fd nullDevice = Fd.open(java.nio.file.Path.of("/dev/null"), Fd.O_RDWR, 0);
        MemoryMap map = MemoryMap.map(fd, 0, 4096, Access.READ_WRITE);
        Arena arena = Arena.ofConfined()) {
      MemorySegment shared = map.segment();
      MemorySegment confined = arena.allocate(512);
      IoVector vector = new IoVector(3);
      requireNone("pread", 512, () -> Io.pread(fd, shared, 100, 512, 4096));
      requireNone("pwrite", 512, () -> Io.pwrite(fd, confined, 0, 512, 4096));
      requireNone("read", 0, () -> Io.read(nullDevice, confined, 0, 512));
      requireNone("write", 512, () -> Io.write(nullDevice, shared, 5, 512));
      requireNone(
          "writev",
          96,
          () -> {
            vector.clear();
            vector.set(0, confined, 0, 32);
            vector.add(shared, 1000, 64);
            return Io.writev(nullDevice, vector);
          });
      requireNone("ioctl", -25, () -> Ioctl.call(fd, 0x5401, confined));
      requireNone("hole", 0, () -> fd.punchHole(8192, 4096));
      requireNone("sync", 0, () -> map.sync(0, 64));
    }
  }

  @Test
  void waitingAndWakingAllocateNothing() throws IOException {
    UnixSocket[] pair = UnixSocket.pair();
    try (EventFd event = EventFd.create();
        EventFd blocking = EventFd.adopt(Fd.adopt(io.famfs.os.libc.Events.eventfd(0, 0)));
        UnixSocket left = pair[0];
        UnixSocket right = pair[1];
        ReceivedFds fds = new ReceivedFds(8);
        Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(64);
      Poller poller = new Poller(2);
      requireNone("signal and drain", 1, () -> event.signal() + event.drain());
      requireNone("signal and drain, blocking", 1, () -> blocking.signal() + blocking.drain());
      requireNone("drain of nothing", 0, event::drain);
      requireNone(
          "poll",
          1,
          () -> {
            poller.clear();
            int slot = poller.add(left.fd(), Poller.POLLOUT);
            int ready = poller.await(-1);
            return poller.readable(slot) ? -1 : ready;
          });
      Fd[] none = {};
      requireNone(
          "send and receive",
          96,
          () -> left.send(buffer, 0, 32, none) + right.receive(buffer, 0, 64, fds) + 32);
    }
  }

  @Test
  void cacheLinesAllocateNothing() throws IOException {
    if (CacheLines.available()) {
      try (MemoryMap map = MemoryMap.anonymous(4096)) {
        requireNone(
            "write back",
            0,
            () -> {
              CacheLines.writeBack(map.segment(), 64, 256);
              CacheLines.invalidate(map.segment(), 64, 256);
              return 0;
            });
      }
    }
  }

  private static void requireNone(String name, long expected, LongSupplier call) {
    double perCall = Double.MAX_VALUE;
    long end = System.nanoTime() + WARM_UP.toNanos();
    // Compilation happens beside the loop: it is over when a round allocates nothing.
    while (perCall >= LIMIT_BYTES_PER_CALL && System.nanoTime() < end) {
      perCall = round(expected, call);
    }
    double slices = Math.rint(perCall / LINKER_SLICE_BYTES);
    // At most two system calls are in a case; nothing of ours has the size of such a slice.
    assumeFalse(
        slices >= 1 && slices <= 2 && Math.abs(perCall - slices * LINKER_SLICE_BYTES) < 0.1,
        () -> name + ": the compiler of this run left the linker's own slice in place");
    assertTrue(perCall < LIMIT_BYTES_PER_CALL, name + ": " + perCall + " bytes per call");
  }

  private static double round(long expected, LongSupplier call) {
    long wrong = 0;
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < CALLS; i++) {
      if (call.getAsLong() != expected) {
        wrong++;
      }
    }
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertEquals(0, wrong, "calls with an unexpected result");
    return (double) allocated / CALLS;
  }
}
