package io.famfs.fuse.server;

import io.famfs.core.Errno;
import io.famfs.core.JsonWriter;
import io.famfs.fuse.metrics.Page;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a server knows of itself, as JSON: totals, times, clients, windows, files.
///
/// | query | adds |
/// |---|---|
/// | `window=1` | the ranges every window shows, at most [#MAX_SLOTS] each |
/// | `file=PATH` | one file: counts, extents, the ranges of windows that show it |
/// | `files=N` | so many of the busiest files instead of [#FILES], at most [#MAX_FILES] |
public final class StatsPage {
  /// Changes when a member goes or changes its meaning.
  static final int SCHEMA = 1;

  static final int FILES = 20;
  static final int MAX_FILES = 4096;
  static final int MAX_SLOTS = 4096;

  private final FuseServer server;
  private final ServerIdentity identity;

  private StatsPage(FuseServer server, ServerIdentity identity) {
    this.server = server;
    this.identity = identity;
  }

  /// The page of a server.
  public static Page of(FuseServer server, ServerIdentity identity) {
    return new Page("application/json", new StatsPage(server, identity)::write);
  }

  private void write(Map<String, String> query, Appendable out) {
    List<SessionReport> sessions = server.sessions();
    JsonWriter json = new JsonWriter(out).beginObject();
    json.name("schema").value(SCHEMA);
    identity(json);
    ServerStats stats = server.stats();
    json.name("requests").value(stats.requestCount());
    bytes(json, stats.bytes());
    operations(json, stats);
    json.name("errors").beginObject();
    stats.errors().forEach((errno, count) -> json.name(Errno.name(errno)).value(count));
    json.endObject();
    causes(json, stats.causes());
    json.name("values").beginObject();
    server
        .metrics()
        .plainValues()
        .forEach((name, value) -> json.name(name).value(value.longValue()));
    json.endObject();
    sessions(json, sessions, query.containsKey("window"));
    files(json, count(query.get("files")));
    String path = query.get("file");
    if (path != null) {
      file(json, path, sessions);
    }
    json.endObject();
  }

  private static int count(@Nullable String text) {
    if (text == null) {
      return FILES;
    }
    try {
      return Math.clamp(Integer.parseInt(text), 0, MAX_FILES);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("files=" + text + " is no number", e);
    }
  }

  private void identity(JsonWriter json) {
    json.name("server").beginObject();
    json.name("kind").value(identity.kind());
    json.name("name").value(identity.name());
    json.name("version").value(identity.version());
    json.name("pid").value(ProcessHandle.current().pid());
    json.name("nanos").value(System.nanoTime());
    json.name("details").beginObject();
    identity.details().forEach((name, value) -> json.name(name).value(value));
    json.endObject().endObject();
  }

  private static void bytes(JsonWriter json, ServerStats.Bytes bytes) {
    json.name("bytes").beginObject();
    json.name("read").value(bytes.read());
    json.name("written").value(bytes.written());
    json.name("mapped").value(bytes.mapped());
    json.name("unmapped").value(bytes.unmapped());
    json.endObject();
  }

  private void operations(JsonWriter json, ServerStats stats) {
    json.name("boundsNanos").beginArray();
    for (long bound : OperationLatency.BOUNDS_NANOS) {
      json.value(bound);
    }
    json.endArray();
    Map<String, OperationLatency> latencies = server.latencies();
    json.name("operations").beginArray();
    stats
        .requests()
        .forEach((name, count) -> {
          json.beginObject().name("name").value(name).name("count").value(count);
          OperationLatency latency = latencies.get(name);
          if (latency != null) {
            json.name("p50Nanos").value(latency.p50Nanos());
            json.name("p99Nanos").value(latency.p99Nanos());
            json.name("maxNanos").value(latency.maxNanos());
            json.name("sumNanos").value(latency.sumNanos());
            json.name("atMost").beginArray();
            latency.atMost().forEach(json::value);
            json.endArray();
          }
          json.endObject();
        });
    json.endArray();
  }

  private static void causes(JsonWriter json, ServerStats.Causes causes) {
    json.name("causes").beginObject();
    json.name("malformed").value(causes.malformed());
    json.name("unknownOpcode").value(causes.unknownOpcodes());
    json.name("unconnected").value(causes.unconnected());
    json.name("memoryFault").value(causes.memoryFaults());
    json.name("failure").value(causes.failures());
    json.endObject();
  }

  private void sessions(JsonWriter json, List<SessionReport> sessions, boolean withSlots) {
    json.name("sessions").beginArray();
    for (SessionReport session : sessions) {
      json.beginObject();
      json.name("name").value(session.name());
      json.name("connected").value(session.connected());
      json.name("minor").value(session.minor());
      json.name("byteOrder").value(session.byteOrder());
      json.name("architecture").value(session.architecture());
      json.name("flags").beginArray();
      session.flags().forEach(json::value);
      json.endArray();
      WindowReport window = session.window();
      if (window != null) {
        window(json, window, withSlots);
      }
      json.endObject();
    }
    json.endArray();
  }

  private void window(JsonWriter json, WindowReport window, boolean withSlots) {
    json.name("window").beginObject();
    json.name("sizeBytes").value(window.sizeBytes());
    json.name("liveMaps").value(window.live().size());
    json.name("liveBytes").value(window.liveBytes());
    json.name("maps").value(window.maps());
    json.name("unmaps").value(window.unmaps());
    json.name("refusals").value(window.refusals());
    if (withSlots) {
      json.name("slots").beginArray();
      Map<Long, @Nullable FileReport> files = new HashMap<>();
      for (WindowSlot slot : window.live().stream().limit(MAX_SLOTS).toList()) {
        slot(json, slot, files.computeIfAbsent(slot.nodeid(), server::file), null);
      }
      json.endArray();
    }
    json.endObject();
  }

  /// @param file whose bytes it shows; null when it is not there any more
  /// @param session whose window it is, where that is not clear
  private static void slot(
      JsonWriter json, WindowSlot slot, @Nullable FileReport file, @Nullable String session) {
    json.beginObject();
    if (session != null) {
      json.name("session").value(session);
    }
    json.name("nodeid").value(slot.nodeid());
    if (file != null) {
      json.name("path").value(file.path());
      json.name("fileOffset").value(file.fileOffset(slot.deviceIndex(), slot.deviceOffset()));
    }
    json.name("windowOffset").value(slot.windowOffset());
    json.name("lengthBytes").value(slot.lengthBytes());
    json.name("deviceIndex").value(slot.deviceIndex());
    json.name("deviceOffset").value(slot.deviceOffset());
    json.name("certain").value(slot.certain());
    json.endObject();
  }

  private void files(JsonWriter json, int limit) {
    json.name("files").beginArray();
    for (FileTraffic traffic : server.busiestFiles(limit)) {
      FileReport report = server.file(traffic.nodeid());
      json.beginObject();
      json.name("path").value(report == null ? "" : report.path());
      traffic(json, traffic);
      json.endObject();
    }
    json.endArray();
  }

  private static void traffic(JsonWriter json, FileTraffic traffic) {
    json.name("nodeid").value(traffic.nodeid());
    json.name("readBytes").value(traffic.readBytes());
    json.name("writtenBytes").value(traffic.writtenBytes());
    json.name("mappedBytes").value(traffic.mappedBytes());
    json.name("requests").value(traffic.requests());
  }

  private void file(JsonWriter json, String path, List<SessionReport> sessions) {
    FileReport report = server.file(server.nodeid(path));
    if (report == null) {
      throw new IllegalArgumentException("there is no file '" + path + "'");
    }
    json.name("file").beginObject();
    json.name("path").value(report.path());
    json.name("sizeBytes").value(report.sizeBytes());
    traffic(json, server.traffic(report.nodeid()));
    json.name("chunkBytes").value(report.chunkBytes());
    json.name("extents").beginArray();
    for (FileReport.Extent extent : report.extents()) {
      json.beginObject();
      json.name("deviceIndex").value(extent.deviceIndex());
      json.name("offset").value(extent.offset());
      json.name("lengthBytes").value(extent.lengthBytes());
      json.endObject();
    }
    json.endArray();
    json.name("slots").beginArray();
    for (SessionReport session : sessions) {
      WindowReport window = session.window();
      if (window != null) {
        window.live().stream()
            .filter(slot -> slot.nodeid() == report.nodeid())
            .limit(MAX_SLOTS)
            .forEach(slot -> slot(json, slot, report, session.name()));
      }
    }
    json.endArray().endObject();
  }
}
