package io.famfs.cli;

import io.famfs.fuse.metrics.EndpointAddress;
import io.famfs.fuse.metrics.MetricsEndpoint;
import io.famfs.fuse.metrics.Page;
import io.famfs.fuse.metrics.RuntimeMetrics;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.Observation;
import io.famfs.fuse.server.ServerIdentity;
import io.famfs.fuse.server.StatsPage;
import io.famfs.fuse.server.Trace;
import io.famfs.fuse.server.TraceLog;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a server shows of itself while it runs: its trace, and the sockets where it can be asked.
/// Close it after the server and before the volume.
final class Visibility implements AutoCloseable {
  /// Each of the two buffers of a trace.
  private static final int TRACE_BYTES = 1 << 20;

  /// Where a trace goes.
  ///
  /// @param file null for the error stream
  record Destination(@Nullable Path file) {}

  private final String kind;
  private final @Nullable Destination trace;
  private final List<String> operations;
  private final boolean latencies;
  private final List<EndpointAddress> metrics;
  private final boolean control;
  private final List<MetricsEndpoint> endpoints = new ArrayList<>();
  private @Nullable TraceLog log;

  Visibility(
      String kind,
      @Nullable Destination trace,
      List<String> operations,
      boolean latencies,
      List<EndpointAddress> metrics,
      boolean control) {
    this.kind = kind;
    this.trace = trace;
    this.operations = List.copyOf(operations);
    this.latencies = latencies;
    this.metrics = List.copyOf(metrics);
    this.control = control;
  }

  /// What the server is to keep of its work; opens the trace.
  Observation observe() throws IOException {
    Observation observation = Observation.standard().withLatencies(latencies);
    if (trace == null) {
      return observation;
    }
    log = new TraceLog(open(trace.file()), TRACE_BYTES);
    return observation.withTrace(
        operations.isEmpty() ? Trace.everything(log) : Trace.only(log, operations));
  }

  private static OutputStream open(@Nullable Path file) throws IOException {
    if (file == null) {
      return new StandardError();
    }
    return Channels.newOutputStream(
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
  }

  /// Opens the sockets. Without the one in the runtime directory a server is as good as with it:
  /// when it cannot be had, that is logged.
  ///
  /// @param name where it is mounted, or the tag guests mount
  /// @param details what else tells it from others
  /// @throws IOException when an address that was asked for cannot be had
  void show(FuseServer server, String name, Map<String, String> details) throws IOException {
    show(server, name, details, null);
  }

  /// The same with doors that can be listed and changed at the socket in the runtime directory.
  void show(
      FuseServer server, String name, Map<String, String> details, @Nullable DoorActions doors)
      throws IOException {
    String version = VersionText.program();
    RuntimeMetrics.register(server.metrics(), version);
    Page numbers = Page.of(server.metrics());
    Page stats = StatsPage.of(server, new ServerIdentity(kind, name, version, details));
    Map<String, Page> all = Map.of("/metrics", numbers, "/stats", stats);
    for (EndpointAddress address : metrics) {
      // Every user of the host can reach a port: names of files are not for all of them.
      boolean local = address instanceof EndpointAddress.Unix;
      endpoints.add(MetricsEndpoint.listen(address, local ? all : Map.of("/metrics", numbers)));
      System.getLogger("famfs")
          .log(System.Logger.Level.INFO, "metrics at {0}", endpoints.getLast().address());
    }
    if (control) {
      control(all, doors);
    }
  }

  private void control(Map<String, Page> pages, @Nullable DoorActions doors) {
    Map<String, Page> shown = new HashMap<>(pages);
    if (doors != null) {
      shown.put(DoorActions.LIST, doors.page());
    }
    try {
      Path directory = RuntimeDirectory.make();
      RunningServer.removeDead(directory);
      Path socket =
          directory.resolve(RunningServer.socketName(kind, ProcessHandle.current().pid()));
      endpoints.add(
          MetricsEndpoint.listen(
              new EndpointAddress.Unix(socket), shown, doors == null ? Map.of() : doors.actions()));
    } catch (IOException e) {
      System.getLogger("famfs")
          .log(
              System.Logger.Level.WARNING,
              "''famfs stats'' cannot find this server: {0}",
              CommandLines.line(e));
    }
  }

  @Override
  public void close() {
    endpoints.forEach(MetricsEndpoint::close);
    if (log != null) {
      log.close();
    }
  }

  /// The error stream, which stays open for what is logged later.
  private static final class StandardError extends OutputStream {
    private final FileOutputStream to = new FileOutputStream(FileDescriptor.err);

    @Override
    public void write(int b) throws IOException {
      to.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      to.write(bytes, offset, length);
    }
  }
}
