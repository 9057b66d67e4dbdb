package io.famfs.bench;

import io.famfs.core.Errno;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OutHeader;
import io.famfs.fuse.protocol.RequestFrames;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.CopyingExchange;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.Session;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

/// The time of the server for one request: from the request in the peer's memory to the reply in
/// the peer's memory, without any wake-up. Files are drawn at random from all of a volume, so
/// tables and inodes come from memory and not from a cache.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ServiceBenchmark {
  private static final int SAMPLE = 1 << 16;
  private static final int BIG_FILES = 16;

  /// Every so many files the synthetic names have the same length, so that one request fits all.
  private static final int SAME_LENGTH = 34;

  private static final int NAME_BYTES = "part-00000000.bin".length() + 1;
  private static final int PAGE = 4096;
  private static final int MIB = 1 << 20;
  private static final int CHUNK = 2 << 20;

  /// Number of entries of the log.
  @Param({"1000000"})
  public int entries = 1_000_000;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment names = arena.allocate((long) SAMPLE * NAME_BYTES);
  private final MemorySegment plain = arena.allocate(MIB, PAGE);
  private final long[] nodeids = new long[SAMPLE];
  private final long[] parents = new long[SAMPLE];
  private final long[] bigNodeids = new long[BIG_FILES];
  private final long[] bigOffsets = new long[BIG_FILES];
  private final CopyingExchange init = new CopyingExchange();
  private final CopyingExchange getattr = new CopyingExchange();
  private final CopyingExchange lookup = new CopyingExchange();
  private final CopyingExchange read4K = new CopyingExchange();
  private final CopyingExchange read1M = new CopyingExchange();
  private final CopyingExchange write4K = new CopyingExchange();
  private final CopyingExchange setupMapping = new CopyingExchange();
  private Path file = Path.of("");
  private @Nullable MappedDaxDevice device;
  private @Nullable Volume volume;
  private @Nullable Session session;
  private MemorySegment memory = MemorySegment.NULL;
  private int at;

  /// Makes a volume, serves it to one client with a window, and draws files from it.
  @Setup
  public void prepare() throws IOException {
    file = SyntheticVolume.freeName();
    SyntheticVolume synthetic = new SyntheticVolume(entries, false);
    MappedDaxDevice made = synthetic.create(file);
    device = made;
    memory = made.memory();
    Volume opened = Volume.open(List.of(made), OpenOptions.forReading());
    volume = opened;
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < SAMPLE; i++) {
      Inode found = inode(opened, synthetic.path(sampled(random, synthetic)));
      MemorySegment name = names.asSlice((long) i * NAME_BYTES, NAME_BYTES);
      found.copyName(name, 0);
      nodeids[i] = found.nodeid();
      parents[i] = found.parent().nodeid();
    }
    for (int i = 0; i < BIG_FILES; i++) {
      FileInode found = (FileInode) inode(opened, synthetic.path(i));
      bigNodeids[i] = found.nodeid();
      bigOffsets[i] = found.extents().rangeOffset(0);
      memory.asSlice(bigOffsets[i], CHUNK).fill((byte) i);
    }
    FuseServer server =
        new FuseServer(
            new FamfsFileSystem(opened, FamfsOptions.standard()),
            ClientOptions.standard().withArchitecture(ClientArchitecture.X86));
    session = server.open(new CountingWindow());
    init.prepare(RequestFrames.init());
    init.send(handler());
    getattr.prepare(RequestFrames.getattr(0));
    lookup.prepare(RequestFrames.request(Opcode.LOOKUP, NAME_BYTES));
    read4K.prepare(RequestFrames.read(Opcode.READ, 0, PAGE));
    read1M.prepare(RequestFrames.read(Opcode.READ, 0, MIB));
    write4K.prepare(RequestFrames.write(0, PAGE));
    setupMapping.prepare(RequestFrames.setupMapping(0, CHUNK));
    check();
  }

  /// Every request succeeds: an error would be fast.
  private void check() {
    getattr();
    lookup();
    read4K();
    read1M();
    write4K();
    setupMapping2M();
    for (CopyingExchange each :
        List.of(init, getattr, lookup, read4K, read1M, write4K, setupMapping)) {
      int error = OutHeader.error(each.replyMemory(), 0);
      int opcode = InHeader.opcode(each.requestMemory(), 0);
      if (OutHeader.len(each.replyMemory(), 0) < OutHeader.BYTES || error != 0) {
        throw new IllegalStateException("opcode " + opcode + ": " + Errno.describe(-error));
      }
    }
  }

  private static long sampled(SplittableRandom random, SyntheticVolume synthetic) {
    return random.nextLong(synthetic.files() / SAME_LENGTH) * SAME_LENGTH;
  }

  private static Inode inode(Volume volume, String path) {
    Inode found = volume.namespace().find(path);
    if (found == null) {
      throw new IllegalStateException(path + " is missing");
    }
    return found;
  }

  private Session handler() {
    Session open = session;
    if (open == null) {
      throw new IllegalStateException("not prepared");
    }
    return open;
  }

  private int next() {
    at = (at + 1) & (SAMPLE - 1);
    return at;
  }

  /// GETATTR of a file.
  @Benchmark
  public int getattr() {
    InHeader.nodeid(getattr.requestMemory(), 0, nodeids[next()]);
    return getattr.send(handler());
  }

  /// LOOKUP of a file in its directory. The request is as long as the longest name: what is behind
  /// the end of a name is not looked at.
  @Benchmark
  public int lookup() {
    int i = next();
    MemorySegment request = lookup.requestMemory();
    InHeader.nodeid(request, 0, parents[i]);
    MemorySegment.copy(names, (long) i * NAME_BYTES, request, InHeader.BYTES, NAME_BYTES);
    return lookup.send(handler());
  }

  /// READ of 4 KiB.
  @Benchmark
  public int read4K() {
    return data(read4K);
  }

  /// READ of 1 MiB.
  @Benchmark
  public int read1M() {
    return data(read1M);
  }

  /// What a READ of 1 MiB cannot be faster than: the copy alone.
  @Benchmark
  public MemorySegment copy1M() {
    MemorySegment.copy(memory, bigOffsets[next() & (BIG_FILES - 1)], plain, 0, MIB);
    return plain;
  }

  /// What a READ of 4 KiB cannot be faster than: the copy alone.
  @Benchmark
  public MemorySegment copy4K() {
    MemorySegment.copy(memory, bigOffsets[next() & (BIG_FILES - 1)], plain, 0, PAGE);
    return plain;
  }

  /// WRITE of 4 KiB.
  @Benchmark
  public int write4K() {
    return data(write4K);
  }

  private int data(CopyingExchange exchange) {
    long nodeid = bigNodeids[next() & (BIG_FILES - 1)];
    MemorySegment request = exchange.requestMemory();
    InHeader.nodeid(request, 0, nodeid);
    request.set(ValueLayout.JAVA_LONG_UNALIGNED, InHeader.BYTES, nodeid);
    return exchange.send(handler());
  }

  /// SETUPMAPPING of 2 MiB, up to what the front-end would be asked for.
  @Benchmark
  public int setupMapping2M() {
    InHeader.nodeid(setupMapping.requestMemory(), 0, bigNodeids[next() & (BIG_FILES - 1)]);
    return setupMapping.send(handler());
  }

  /// Removes the volume.
  @TearDown
  public void remove() throws IOException {
    handler().close();
    if (volume != null) {
      volume.close();
    }
    if (device != null) {
      device.close();
    }
    Files.deleteIfExists(file);
    arena.close();
  }
}
