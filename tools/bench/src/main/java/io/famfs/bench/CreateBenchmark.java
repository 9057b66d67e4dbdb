package io.famfs.bench;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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

/// Taking space and appending to the log, in a volume that holds few or many files: the time of
/// either must not depend on how many. Taking space includes making it zero.
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
@Fork(1)
public class CreateBenchmark {
  private static final int OPERATIONS = 20_000;
  private static final long UNIT = 2L << 20;
  private static final long LOG_BYTES = 256L << 20;
  private static final UUID HOST = new UUID(1, 2);

  /// Files that are there before.
  @Param({"100", "100000"})
  public int files = 100;

  private List<MappedDaxDevice> devices = List.of();
  private @Nullable Volume volume;
  private int made;

  /// Makes the volume.
  @Setup(Level.Iteration)
  public void make() throws IOException {
    devices = List.of(DaxDevices.memfd("bench", 512L << 30));
    Volume opened = Volume.format(devices, FormatOptions.ownedBy(HOST).withLogLength(LOG_BYTES));
    for (int i = 0; i < files; i++) {
      try (FileCreation file = opened.create("f" + i, UNIT, 0644, 0, 0)) {
        file.commit();
      }
    }
    volume = opened;
  }

  private Volume volume() {
    return Objects.requireNonNull(volume);
  }

  /// Takes a run of two units and gives it back.
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void allocate() throws IOException {
    for (int i = 0; i < OPERATIONS; i++) {
      volume().create("new", 2 * UNIT, 0644, 0, 0).close();
    }
  }

  /// Appends an entry.
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public DirectoryInode append() throws IOException {
    DirectoryInode last = volume().namespace().root();
    for (int i = 0; i < OPERATIONS; i++) {
      last = volume().mkdir("d" + made++, 0755, 0, 0);
    }
    return last;
  }

  /// Removes the volume.
  @TearDown(Level.Iteration)
  public void remove() {
    volume().close();
    devices.forEach(MappedDaxDevice::close);
    made = 0;
  }
}
