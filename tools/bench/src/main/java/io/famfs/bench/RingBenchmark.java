package io.famfs.bench;

import io.famfs.os.FileIdentity;
import io.famfs.os.handover.StateMemory;
import io.famfs.virtio.ChainResult;
import io.famfs.virtio.DescriptorChain;
import io.famfs.virtio.GuestMemory;
import io.famfs.virtio.GuestRegion;
import io.famfs.virtio.VirtioFeature;
import io.famfs.virtio.Virtqueue;
import io.famfs.virtio.VirtqueuePlace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
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

/// The time that the ring itself takes of a request: one chain of two descriptors is made
/// available, taken and given back, without and with a note for a process that may have to go on.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RingBenchmark {
  private static final int ENTRIES = 256;
  private static final int AVAIL_AT = 0x2000;
  private static final int USED_AT = 0x3000;
  private static final int BUFFERS_AT = 0x4000;
  private static final int BUFFER_BYTES = 128;
  private static final int REGION_BYTES = 1 << 20;
  private static final short HAS_NEXT = 1;
  private static final short WRITABLE = 2;

  /// Whether chains are noted.
  @Param({"false", "true"})
  public boolean noted;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment region = arena.allocate(REGION_BYTES, 4096);
  private final DescriptorChain chain = new DescriptorChain(ENTRIES);
  private GuestMemory memory = GuestMemory.empty();
  private @Nullable StateMemory state;
  private @Nullable Virtqueue queue;
  private short index;

  /// Makes a ring whose chains are ready to be made available.
  @Setup
  public void prepare() throws IOException {
    for (int i = 0; i < ENTRIES; i++) {
      long at = 16L * i;
      region.set(ValueLayout.JAVA_LONG, at, BUFFERS_AT + (long) BUFFER_BYTES * i);
      region.set(ValueLayout.JAVA_INT, at + 8, BUFFER_BYTES);
      region.set(ValueLayout.JAVA_SHORT, at + 12, i % 2 == 0 ? HAS_NEXT : WRITABLE);
      region.set(ValueLayout.JAVA_SHORT, at + 14, (short) (i + 1));
    }
    GuestRegion.Identity identity =
        new GuestRegion.Identity(
            new FileIdentity(0, 1, FileIdentity.Type.REGULAR, 0), 0, 0, 0, REGION_BYTES);
    memory = GuestMemory.of(List.of(new GuestRegion(identity, region, () -> {})));
    MemorySegment notes = null;
    if (noted) {
      StateMemory made = StateMemory.create("bench", 1, Virtqueue.inflightBytes(ENTRIES));
      state = made;
      notes = made.take(Virtqueue.inflightBytes(ENTRIES));
    }
    VirtqueuePlace place = new VirtqueuePlace(ENTRIES, 0, AVAIL_AT, USED_AT);
    Virtqueue made = Virtqueue.of(place, VirtioFeature.VERSION_1, 0, notes, false);
    if (made.bind(memory) != ChainResult.OK) {
      throw new IllegalStateException("the ring cannot be used");
    }
    queue = made;
  }

  /// Takes a chain and gives it back.
  @Benchmark
  public boolean takeAndGiveBack() {
    Virtqueue ring = queue;
    if (ring == null) {
      throw new IllegalStateException("not prepared");
    }
    int slot = index & (ENTRIES - 1);
    region.set(ValueLayout.JAVA_SHORT, AVAIL_AT + 4L + 2L * slot, (short) (2 * slot & 0xff));
    region.set(ValueLayout.JAVA_SHORT, AVAIL_AT + 2L, ++index);
    if (!ring.hasNext() || ring.next(memory, chain) != ChainResult.OK) {
      throw new IllegalStateException("no chain");
    }
    ring.complete(BUFFER_BYTES);
    return ring.shouldSignal();
  }

  /// Lets go of the memory.
  @TearDown
  public void release() {
    if (state != null) {
      state.close();
    }
    arena.close();
  }
}
