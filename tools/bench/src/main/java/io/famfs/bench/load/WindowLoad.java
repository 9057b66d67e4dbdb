package io.famfs.bench.load;

import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.RemoveMapping;
import io.famfs.fuse.protocol.SetupMappingIn;
import io.famfs.os.AddressWindow;
import io.famfs.os.Fd;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.HdrHistogram.Histogram;

/// Maps the file into the window range by range, one after the other, and loads from each page
/// once. When the window is full all of it is taken out again, which is not counted.
final class WindowLoad {
  private static final long LONGEST_NS = 3_600_000_000_000L;
  private static final int DIGITS = 3;
  private static final int PAGE_BYTES = 4096;

  private final FuseClient client;
  private final RequestSlot slot;
  private final FuseClient.OpenFile file;
  private final WindowEnd window;
  private final int peer;

  /// Keeps loads from being left out.
  private long sum;

  WindowLoad(
      FuseClient client, RequestSlot slot, FuseClient.OpenFile file, WindowEnd window, int peer) {
    this.client = client;
    this.slot = slot;
    this.file = file;
    this.window = window;
    this.peer = peer;
  }

  LoadResult run(Load load) throws LoadException {
    int bytes = load.operation().bytes();
    long places =
        Math.min(window.memory().byteSize() / bytes, Math.max(1, file.sizeBytes() / bytes));
    Histogram latency = new Histogram(LONGEST_NS, DIGITS);
    long serverBefore = PeerCpu.nanos(peer);
    long startNs = System.nanoTime();
    long endNs = startNs + load.millis() * 1_000_000L;
    long requests = 0;
    while (System.nanoTime() - endNs < 0) {
      for (long place = 0; place < places; place++) {
        latency.recordValue(map(place * bytes, bytes, load.verify()));
        requests++;
      }
      remove(places * bytes);
    }
    if (sum == Long.MIN_VALUE) {
      throw new IllegalStateException("bytes cannot sum up to this");
    }
    long nanos = System.nanoTime() - startNs;
    long after = PeerCpu.nanos(peer);
    long server = serverBefore < 0 || after < 0 ? -1 : after - serverBefore;
    Load alone = Load.closed(load.operation(), 1, false, load.millis());
    return new LoadResult(alone, requests, nanos, server, 0, 0, latency);
  }

  /// @return nanoseconds
  private long map(long at, int bytes, boolean verify) throws LoadException {
    MemorySegment memory = slot.memory();
    SetupMappingIn.fh(memory, slot.arguments(), -1);
    SetupMappingIn.foffset(memory, slot.arguments(), at);
    SetupMappingIn.len(memory, slot.arguments(), bytes);
    SetupMappingIn.flags(memory, slot.arguments(), SetupMappingIn.READ | SetupMappingIn.WRITE);
    SetupMappingIn.moffset(memory, slot.arguments(), at);
    long startNs = System.nanoTime();
    client.call(
        "SETUPMAPPING at " + at,
        new RequestSlot.Shape(Opcode.SETUPMAPPING, SetupMappingIn.BYTES, 0, 0, 0),
        file.nodeid());
    sum += touch(window.memory(), at, bytes);
    long nanos = System.nanoTime() - startNs;
    if (verify && Pattern.firstWrong(window.memory(), at, at, bytes) >= 0) {
      throw new LoadException("the window shows wrong bytes at " + at);
    }
    return nanos;
  }

  private static long touch(MemorySegment memory, long at, int bytes) {
    long loaded = 0;
    for (int i = 0; i < bytes; i += PAGE_BYTES) {
      loaded += memory.get(ValueLayout.JAVA_BYTE, at + i);
    }
    return loaded;
  }

  private void remove(long bytes) throws LoadException {
    slot.memory().set(FrontEndSocket.U32, slot.arguments(), 1);
    long range = slot.arguments() + RemoveMapping.COUNT_BYTES;
    RemoveMapping.moffset(slot.memory(), range, 0);
    RemoveMapping.len(slot.memory(), range, bytes);
    int arguments = RemoveMapping.COUNT_BYTES + RemoveMapping.BYTES;
    client.call(
        "REMOVEMAPPING",
        new RequestSlot.Shape(Opcode.REMOVEMAPPING, arguments, 0, 0, 0),
        file.nodeid());
  }

  /// See [LoadClient#mmapNanos].
  static double mmapNanos(WindowEnd of, int bytes, int rounds) throws IOException {
    Fd fd = of.lastFile();
    if (fd == null) {
      return Double.NaN;
    }
    long offset = of.lastFileOffset();
    Histogram nanos = new Histogram(LONGEST_NS, DIGITS);
    long loaded = 0;
    try (AddressWindow place = AddressWindow.reserve(bytes)) {
      for (int i = 0; i < rounds; i++) {
        long startNs = System.nanoTime();
        int result = place.map(0, bytes, fd, offset);
        if (result != 0) {
          throw new LoadException("mmap: " + io.famfs.core.Errno.describe(-result));
        }
        loaded += touch(place.segment(), 0, bytes);
        nanos.recordValue(System.nanoTime() - startNs);
        int _ = place.unmap(0, bytes);
      }
    }
    return loaded == Long.MIN_VALUE ? Double.NaN : (double) nanos.getValueAtPercentile(50);
  }
}
