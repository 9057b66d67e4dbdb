package io.famfs.cli;

import io.famfs.core.Errno;
import io.famfs.core.JsonWriter;
import io.famfs.doors.DoorException;
import io.famfs.doors.DoorPlan;
import io.famfs.doors.DoorReport;
import io.famfs.doors.Doors;
import io.famfs.fuse.metrics.Action;
import io.famfs.fuse.metrics.Page;
import io.famfs.os.ErrnoException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// What `famfs ctl` asks a server that runs: the list of its doors, one more, one less.
///
/// | request | query | answer |
/// |---|---|---|
/// | `GET /doors` | | the doors |
/// | `POST /doors/add` | `kind` socket or mount, `door` as on the command line, with an absolute path | the door |
/// | `POST /doors/remove` | `path`, `force` | the door as it was |
///
/// @param doors those of the server
/// @param sockets makes plans of sockets as at the start of the server
/// @param mounts makes plans of mounts in the same way
record DoorActions(Doors doors, Planner sockets, Planner mounts) {
  static final String LIST = "/doors";
  static final String ADD = "/doors/add";
  static final String REMOVE = "/doors/remove";

  /// Makes the plan of a door from what was said about it.
  @FunctionalInterface
  interface Planner {
    DoorPlan plan(DoorValues.Named named);
  }

  Page page() {
    return new Page(
        "application/json",
        (_, out) -> {
          JsonWriter json = new JsonWriter(out).beginObject().name("doors").beginArray();
          for (DoorReport door : doors.list()) {
            write(door, json);
          }
          json.endArray().endObject();
        });
  }

  Map<String, Action> actions() {
    return Map.of(ADD, this::add, REMOVE, this::remove);
  }

  private String add(Map<String, String> query) throws IOException {
    String kind = query.getOrDefault("kind", "socket");
    DoorPlan plan;
    try {
      DoorValues.Named named = DoorValues.parse(kind, query.getOrDefault("door", ""));
      if (!named.path().isAbsolute()) {
        throw new IllegalArgumentException(named.path() + " is not an absolute path");
      }
      plan =
          switch (kind) {
            case "socket" -> sockets.plan(named);
            case "mount" -> mounts.plan(named);
            default -> throw new IllegalArgumentException("a door of kind '" + kind + "'");
          };
    } catch (CliException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    try {
      doors.add(plan);
    } catch (DoorException e) {
      throw new IOException(e.getMessage() + hint(e, plan.path()), e);
    }
    DoorReport made = doors.find(plan.path());
    return made == null ? "{}" : text(made);
  }

  /// A server that has locked itself in cannot make what it was not told of before.
  private static String hint(DoorException refused, Path path) {
    boolean denied =
        refused.getCause() instanceof ErrnoException e
            && (e.errno() == Errno.EACCES || e.errno() == Errno.EPERM);
    return denied
        ? " (the server may have locked itself in: start it with --sandbox-path "
            + SeeingOptions.directoryOf(path)
            + ", or with --sandbox none)"
        : "";
  }

  private String remove(Map<String, String> query) throws IOException {
    Path path = Path.of(query.getOrDefault("path", ""));
    try {
      return text(doors.remove(path, "true".equals(query.get("force"))));
    } catch (DoorException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static String text(DoorReport door) throws IOException {
    StringBuilder text = new StringBuilder();
    write(door, new JsonWriter(text));
    return text.toString();
  }

  private static void write(DoorReport door, JsonWriter json) {
    var export = door.plan().clients().export();
    json.beginObject();
    switch (door.plan()) {
      case DoorPlan.Socket socket ->
          json.name("kind")
              .value("socket")
              .name("path")
              .value(door.path().toString())
              .name("tag")
              .value(socket.options().tag())
              .name("windowBytes")
              .value(socket.options().windowBytes())
              .name("queues")
              .value(socket.options().requestQueues());
      case DoorPlan.Mount _ ->
          json.name("kind").value("mount").name("path").value(door.path().toString());
    }
    json.name("readOnly")
        .value(export.readOnly())
        .name("subdir")
        .value(export.subdirectory())
        .name("connected")
        .value(door.connected())
        .name("connections")
        .value(door.connections())
        .endObject();
  }
}
