package io.famfs.bench;

import io.famfs.dax.MappedDaxDevice;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Opening a volume: time and allocated bytes per entry of its log.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ReplayBenchmark {
  private static final int ENTRIES = 200_000;

  /// Whether files that follow each other in the log lie in the same directory.
  @Param({"by-directory", "scattered"})
  public String order = "by-directory";

  private Path file = Path.of("");
  private List<MappedDaxDevice> devices = List.of();

  /// Makes the volume.
  @Setup
  public void make() throws IOException {
    file = SyntheticVolume.freeName();
    devices = List.of(new SyntheticVolume(ENTRIES, order.equals("scattered")).create(file));
  }

  /// Superblock, log header, all entries.
  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public Volume open() throws IOException {
    return Volume.open(devices, OpenOptions.forReading());
  }

  /// Removes the volume.
  @TearDown
  public void remove() throws IOException {
    devices.forEach(MappedDaxDevice::close);
    Files.deleteIfExists(file);
  }
}
