package io.famfs.bench;

import com.sun.management.OperatingSystemMXBean;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Opens a volume with a long log, again and again, and prints how long it took and how much heap
/// its namespace keeps. The first line is what a program sees that has just been started.
public final class ReplayRun {
  private static final int RUNS = 5;

  private ReplayRun() {}

  /// Arguments: number of entries (1,900,000 unless given), `scattered` to spread the files over
  /// the directories.
  public static void main(String[] arguments) throws Exception {
    Path file = SyntheticVolume.freeName();
    long entries = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1_900_000;
    boolean scattered = arguments.length > 1 && arguments[1].equals("scattered");
    SyntheticVolume volume = new SyntheticVolume(entries, scattered);
    try (MappedDaxDevice device = volume.create(file)) {
      for (int run = 0; run < RUNS; run++) {
        measure(System.out, device, volume);
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static void measure(PrintStream out, MappedDaxDevice device, SyntheticVolume synthetic)
      throws Exception {
    long heapBefore = usedHeap();
    long cpuStart = processNanos();
    long start = System.nanoTime();
    Volume volume = Volume.open(List.of(device), OpenOptions.forReading());
    long nanos = System.nanoTime() - start;
    long cpu = processNanos() - cpuStart;
    long heap = usedHeap() - heapBefore;
    long files = volume.usage().files();
    long entries = volume.usage().logEntriesUsed();
    out.printf(
        "%,d entries in %,d ms (%,d ms of processor): %,.0f entries/s; heap %,d MiB, %.0f bytes per file%n",
        entries,
        nanos / 1_000_000,
        cpu / 1_000_000,
        entries * 1e9 / nanos,
        heap >> 20,
        (double) heap / files);
    if (files != synthetic.files() || !volume.report().clean()) {
      throw new IllegalStateException(files + " files, " + volume.report());
    }
  }

  /// Processor time of the whole process: compilers and garbage collection too.
  private static long processNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
