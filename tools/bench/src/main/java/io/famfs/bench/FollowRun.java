package io.famfs.bench;

import com.sun.management.OperatingSystemMXBean;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.store.FollowListener;
import io.famfs.store.Following;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.namespace.Inode;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/// Follows the log of a volume through a mapping of its own: prints the processor time that the
/// follower takes while nothing happens, and the time from an append to its visibility.
public final class FollowRun {
  private static final UUID HOST = new UUID(0x4a6b_0000_0000_4000L, 0x8000_0000_0000_0001L);
  private static final long VOLUME_BYTES = 64L << 20;
  private static final long IDLE_NANOS = 10_000_000_000L;
  private static final long PAUSE_NANOS = 15_000_000;
  private static final int ENTRIES = 500;

  private FollowRun() {}

  /// Takes no arguments.
  public static void main(String[] arguments) throws Exception {
    Path file = SyntheticVolume.freeName();
    BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
    FollowListener listener =
        new FollowListener() {
          @Override
          public void added(Inode inode) {
            seen.add(System.nanoTime());
          }
        };
    try (MappedDaxDevice ours = DaxDevices.createFile(file, VOLUME_BYTES);
        Volume writer = Volume.format(List.of(ours), FormatOptions.ownedBy(HOST));
        MappedDaxDevice theirs = DaxDevices.open(file, Mode.READ_ONLY);
        Volume reader = Volume.open(List.of(theirs), OpenOptions.forReading());
        Following _ = reader.follow(listener)) {
      idle("warm-up");
      idle("idle");
      long[] nanos = new long[ENTRIES];
      for (int i = 0; i < ENTRIES; i++) {
        LockSupport.parkNanos(PAUSE_NANOS);
        long start = System.nanoTime();
        writer.mkdir("d" + i, 0755, 0, 0);
        nanos[i] = seen.take() - start;
      }
      Arrays.sort(nanos);
      System.out.printf(
          "append to visible: median %.2f ms, 99 of 100 %.2f ms, most %.2f ms%n",
          nanos[ENTRIES / 2] / 1e6, nanos[ENTRIES * 99 / 100] / 1e6, nanos[ENTRIES - 1] / 1e6);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static void idle(String what) {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long cpu = system.getProcessCpuTime();
    long start = System.nanoTime();
    while (System.nanoTime() - start < IDLE_NANOS) {
      LockSupport.parkNanos(IDLE_NANOS - (System.nanoTime() - start));
    }
    double share = (double) (system.getProcessCpuTime() - cpu) / (System.nanoTime() - start);
    System.out.printf("%s: %.2f %% of one processor%n", what, 100 * share);
  }
}
