package io.famfs.bench;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.extent.ExtentMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// From a file offset to device memory: the step every read, write and mapping starts with.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ResolveBenchmark {
  private static final long UNIT = 2L << 20;
  private static final int STRIPS = 4;
  private static final long FILE_BYTES = 64 * UNIT;

  /// How the file lies on the device: in one extent, in 16, on 4 strips.
  @Param({"simple", "extents", "interleaved"})
  public String map = "simple";

  private final ExtentCursor cursor = new ExtentCursor();
  private ExtentMap extents = compile("simple");
  private long offset;

  /// Compiles the map under test.
  @org.openjdk.jmh.annotations.Setup
  public void prepare() {
    extents = compile(map);
  }

  /// One page at a stride that visits every chunk.
  @Benchmark
  public long resolve() {
    offset = (offset + UNIT + 4096) % FILE_BYTES;
    extents.resolve(offset, 4096, cursor);
    return cursor.deviceOffset();
  }

  private static ExtentMap compile(String map) {
    if (map.equals("simple")) {
      return ExtentMap.compile(new Fmap.Simple(List.of(new DeviceRange(0, 16 * UNIT, FILE_BYTES))));
    }
    if (map.equals("extents")) {
      return ExtentMap.compile(
          new Fmap.Simple(
              java.util.stream.IntStream.range(0, Fmap.MAX_RANGES)
                  .mapToObj(
                      i -> new DeviceRange(0, (16 + 64L * i) * UNIT, FILE_BYTES / Fmap.MAX_RANGES))
                  .toList()));
    }
    List<DeviceRange> strips =
        java.util.stream.IntStream.range(0, STRIPS)
            .mapToObj(i -> new DeviceRange(0, (16 + 64L * i) * UNIT, FILE_BYTES / STRIPS))
            .toList();
    return ExtentMap.compile(new Fmap.Interleaved(UNIT, strips));
  }
}
