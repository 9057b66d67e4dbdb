package io.famfs.bench.load;

import io.famfs.fuse.protocol.OutHeader;
import io.famfs.fuse.protocol.ReadIn;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32C;
import org.HdrHistogram.Histogram;

/// A guest without a machine: connects to a vhost-user-fs back-end, opens a file there and puts
/// loads on it. Whatever the back-end does, each call ends: with a result or a [LoadException].
public final class LoadClient implements AutoCloseable {
  private static final int PAGE_BYTES = 4096;
  private static final int SLOT_BYTES = PAGE_BYTES + LoadOperation.MAX_BYTES;

  /// Latencies from 1 ns to this are told apart to three digits.
  private static final long LONGEST_NS = 3_600_000_000_000L;

  private static final int DIGITS = 3;
  private static final int MMAP_ROUNDS = 1000;

  private final LoadOptions options;
  private final GuestRam ram;
  private final FrontEnd frontEnd;
  private final FuseClient client;
  private final RequestSlot first;
  private final FuseClient.OpenFile file;
  private final List<QueueDriver> drivers = new ArrayList<>();

  private LoadClient(LoadOptions options, GuestRam ram) throws IOException {
    this.options = options;
    this.ram = ram;
    frontEnd = new FrontEnd(options, ram);
    try {
      RequestSlot[][] slots = new RequestSlot[options.queues()][options.depth()];
      for (int queue = 0; queue < options.queues(); queue++) {
        for (int i = 0; i < options.depth(); i++) {
          slots[queue][i] =
              new RequestSlot(
                  ram,
                  frontEnd.requestRing(queue),
                  i,
                  frontEnd.indirect(),
                  LoadOperation.MAX_BYTES);
        }
      }
      first = slots[0][0];
      client = new FuseClient(frontEnd.requestRing(0), first, options.limitMillis());
      client.init();
      file = client.open(options.file());
      for (int queue = 0; queue < options.queues(); queue++) {
        DriverRing ring = frontEnd.requestRing(queue);
        drivers.add(new QueueDriver(ring, slots[queue], file, queue, options.limitMillis()));
      }
    } catch (IOException | RuntimeException e) {
      frontEnd.close();
      throw e;
    }
  }

  /// Connects, mounts and opens the file for reading and writing.
  ///
  /// @throws IOException when one of these is not possible
  public static LoadClient connect(LoadOptions options) throws IOException {
    long rings = (1L + options.queues()) * 4 * PAGE_BYTES * 4;
    long slots = (long) options.queues() * options.depth() * SLOT_BYTES;
    GuestRam ram = new GuestRam(rings + slots);
    try {
      return new LoadClient(options, ram);
    } catch (IOException | RuntimeException e) {
      ram.close();
      throw e;
    }
  }

  /// The size of the file.
  public long fileBytes() {
    return file.sizeBytes();
  }

  /// The process behind the socket, 0 when it cannot be seen.
  public int peer() {
    return frontEnd.peer();
  }

  /// Whether the device has a window.
  public boolean hasWindow() {
    return frontEnd.window() != null;
  }

  /// Writes all of the file anew, with bytes by which each place can be told from every other.
  public void fill() throws LoadException {
    int most = Math.min(client.maxWriteBytes(), LoadOperation.MAX_BYTES);
    for (long at = 0; at < file.sizeBytes(); at += most) {
      int bytes = (int) Math.min(most, file.sizeBytes() - at);
      FuseClient.putRange(first, file, bytes);
      ReadIn.offset(first.memory(), first.arguments(), at);
      Pattern.put(first.memory(), first.data(), at, bytes);
      client.call("WRITE at " + at, FuseClient.writeShape(bytes), file.nodeid());
    }
  }

  /// Reads all of the file and sums it up (CRC-32C).
  public long checksum() throws LoadException {
    CRC32C sum = new CRC32C();
    for (long at = 0; at < file.sizeBytes(); at += LoadOperation.MAX_BYTES) {
      int bytes = (int) Math.min(LoadOperation.MAX_BYTES, file.sizeBytes() - at);
      FuseClient.putRange(first, file, bytes);
      ReadIn.offset(first.memory(), first.arguments(), at);
      client.call("READ at " + at, FuseClient.readShape(bytes), file.nodeid());
      if (first.replyBytes() != OutHeader.BYTES + bytes) {
        throw new LoadException("READ at " + at + ": a reply of " + first.replyBytes() + " bytes");
      }
      sum.update(first.memory().asSlice(first.data(), bytes).asByteBuffer());
    }
    return sum.getValue();
  }

  /// Puts a load on the back-end.
  ///
  /// @throws IllegalArgumentException when the driver or the file is not made for it
  public LoadResult run(Load load) throws IOException, InterruptedException {
    require(load);
    if (load.operation().kind() == LoadOperation.Kind.SETUPMAPPING) {
      return windowLoad().run(load);
    }
    long serverBefore = PeerCpu.nanos(frontEnd.peer());
    long kicksBefore = kicks();
    List<FutureTask<QueueRun>> tasks = new ArrayList<>();
    long startNs = System.nanoTime();
    for (int queue = 0; queue < load.queues(); queue++) {
      QueueDriver driver = drivers.get(queue);
      FutureTask<QueueRun> task = new FutureTask<>(driven(driver, load));
      tasks.add(task);
      Thread.ofPlatform().daemon(true).name("load queue " + queue).start(task);
    }
    Histogram latency = histogram();
    long clientNanos = 0;
    long requests = 0;
    for (FutureTask<QueueRun> task : tasks) {
      QueueRun run = result(task);
      latency.add(run.latency);
      clientNanos += run.cpuNanos;
      requests += run.requests;
    }
    long nanos = System.nanoTime() - startNs;
    long serverAfter = PeerCpu.nanos(frontEnd.peer());
    long server = serverBefore < 0 || serverAfter < 0 ? -1 : serverAfter - serverBefore;
    return new LoadResult(
        load, requests, nanos, server, clientNanos, kicks() - kicksBefore, latency);
  }

  private record QueueRun(Histogram latency, long requests, long cpuNanos) {}

  private static Callable<QueueRun> driven(QueueDriver driver, Load load) {
    return () -> {
      Histogram latency = histogram();
      driver.run(load, latency);
      long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      return new QueueRun(latency, driver.requests(), cpu);
    };
  }

  private static Histogram histogram() {
    return new Histogram(LONGEST_NS, DIGITS);
  }

  private static QueueRun result(FutureTask<QueueRun> task)
      throws IOException, InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException expected) {
        throw expected;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private long kicks() {
    return drivers.stream().mapToLong(QueueDriver::kicks).sum();
  }

  private void require(Load load) {
    LoadOperation operation = load.operation();
    if (load.depth() < 1 || load.depth() > options.depth() || load.queues() > options.queues()) {
      throw new IllegalArgumentException(
          "depth %d on %d queues: the driver has %d on %d"
              .formatted(load.depth(), load.queues(), options.depth(), options.queues()));
    }
    if (operation.bytes() > file.sizeBytes()) {
      throw new IllegalArgumentException(operation + ": the file has " + file.sizeBytes());
    }
    if (operation.kind() == LoadOperation.Kind.WRITE
        && operation.bytes() > client.maxWriteBytes()) {
      throw new IllegalArgumentException(
          operation + ": the back-end takes " + client.maxWriteBytes() + " bytes");
    }
    if (load.verify() && operation.bytes() % Pattern.WORD_BYTES != 0) {
      throw new IllegalArgumentException(operation + ": only whole words can be verified");
    }
  }

  private WindowLoad windowLoad() {
    WindowEnd window = frontEnd.window();
    if (window == null) {
      throw new IllegalArgumentException("the back-end has no window");
    }
    return new WindowLoad(client, first, file, window, frontEnd.peer());
  }

  /// What mmap(2) costs in place of SETUPMAPPING: the range that a load has mapped last, mapped by
  /// this process, each page loaded from once.
  ///
  /// @return nanoseconds, the median; NaN for loads that map nothing
  public double mmapNanos(Load load) throws IOException {
    WindowEnd window = frontEnd.window();
    return window == null || load.operation().kind() != LoadOperation.Kind.SETUPMAPPING
        ? Double.NaN
        : WindowLoad.mmapNanos(window, load.operation().bytes(), MMAP_ROUNDS);
  }

  QueueDriver driver(int queue) {
    return drivers.get(queue);
  }

  /// Hangs up, as a virtual machine does that is killed.
  @Override
  public void close() {
    frontEnd.close();
    ram.close();
  }
}
