package io.famfs.bench;

import io.famfs.dax.MappedDaxDevice;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Finding a file among many, in an order that no cache foresees: what LOOKUP and every request
/// with a nodeid start with.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LookupBenchmark {
  private static final int SAMPLE = 1 << 20;
  private static final int NAME_BYTES = 80;

  /// Number of entries of the log.
  @Param({"10000", "1000000"})
  public int entries = 10_000;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment names = arena.allocate((long) SAMPLE * NAME_BYTES);
  private final Inode[] sample = new Inode[SAMPLE];
  private Path file = Path.of("");
  private List<MappedDaxDevice> devices = List.of();
  private @Nullable Namespace namespace;
  private int at;

  /// Makes a volume and draws files from it.
  @Setup
  public void prepare() throws IOException {
    file = SyntheticVolume.freeName();
    SyntheticVolume synthetic = new SyntheticVolume(entries, false);
    devices = List.of(synthetic.create(file));
    Namespace opened = Volume.open(devices, OpenOptions.forReading()).namespace();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < SAMPLE; i++) {
      String path = synthetic.path(random.nextLong(synthetic.files()));
      Inode found = Objects.requireNonNull(opened.find(path));
      found.copyName(names, (long) i * NAME_BYTES);
      sample[i] = found;
    }
    namespace = opened;
  }

  /// A directory and a name.
  @Benchmark
  public @Nullable Inode byName() {
    int i = next();
    DirectoryInode parent = sample[i].parent();
    return opened().lookup(parent, names, (long) i * NAME_BYTES, sample[i].nameLengthBytes());
  }

  /// A nodeid.
  @Benchmark
  public @Nullable Inode byNodeid() {
    return opened().inode(sample[next()].nodeid());
  }

  /// A directory and a name that is not there.
  @Benchmark
  public @Nullable Inode missing() {
    int i = next();
    return opened()
        .lookup(sample[i].parent(), names, (long) i * NAME_BYTES, sample[i].nameLengthBytes() - 1);
  }

  private int next() {
    at = (at + 1) & (SAMPLE - 1);
    return at;
  }

  private Namespace opened() {
    return Objects.requireNonNull(namespace);
  }

  /// Removes the volume.
  @TearDown
  public void remove() throws IOException {
    devices.forEach(MappedDaxDevice::close);
    Files.deleteIfExists(file);
    arena.close();
  }
}
