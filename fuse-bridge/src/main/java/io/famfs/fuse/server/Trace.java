package io.famfs.fuse.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A line for each request and each reply, with every field by its name.
///
/// ```text
/// 2026-11-25T21:31:27.123456Z "mnt" > LOOKUP unique=6 nodeid=1 uid=0 gid=0 pid=77 name="hello"
/// 2026-11-25T21:31:27.123470Z "mnt" < LOOKUP unique=6 ENOENT time=3.1us
/// ```
///
/// A request comes before its handling, so that one that hangs is seen. Names are quoted; every
/// byte of theirs outside printable ASCII, quotes and backslashes are shown as `\x` and two digits,
/// so that no peer can write a line of its own. Names of clients are treated the same way.
public final class Trace {
  private final TraceLog log;
  private final boolean @Nullable [] wanted;

  private Trace(TraceLog log, boolean @Nullable [] wanted) {
    this.log = log;
    this.wanted = wanted;
  }

  /// Traces everything, also what has no opcode.
  public static Trace everything(TraceLog log) {
    return new Trace(log, null);
  }

  /// The names of all operations that can be traced, by opcode.
  public static List<String> operations() {
    return OperationTable.operations().stream().map(Operation::name).toList();
  }

  /// Whether there is an operation of this name, in any case.
  public static boolean isOperation(String name) {
    return operations().contains(name.toUpperCase(Locale.ROOT));
  }

  /// Traces some operations.
  ///
  /// @param names of opcodes, in any case, such as `LOOKUP`
  /// @throws IllegalArgumentException for a name that no opcode has, with the names there are
  public static Trace only(TraceLog log, List<String> names) {
    List<String> asked = new ArrayList<>();
    for (String name : names) {
      if (!isOperation(name)) {
        throw new IllegalArgumentException(
            "there is no request '" + name + "': there are " + String.join(", ", operations()));
      }
      asked.add(name.toUpperCase(Locale.ROOT));
    }
    boolean[] wanted = new boolean[OperationTable.limit()];
    for (Operation operation : OperationTable.operations()) {
      wanted[operation.opcode()] = asked.contains(operation.name());
    }
    return new Trace(log, wanted);
  }

  /// Lines that were dropped because they were not written fast enough.
  public long dropped() {
    return log.dropped();
  }

  /// A request whose arguments have been made readable.
  ///
  /// @param operation its row; null when its header is no good or its opcode in no row
  void request(String client, Request request, @Nullable Operation operation) {
    if (shows(operation)) {
      log.add(bytes(new TraceLine(client, '>').request(request, operation)));
    }
  }

  /// The reply, before its body and header are turned into the byte order of the peer.
  ///
  /// @param result length of the body, or a negative errno
  /// @param nanos how long it took
  void reply(
      String client, Request request, @Nullable Operation operation, int result, long nanos) {
    if (shows(operation)) {
      log.add(bytes(new TraceLine(client, '<').reply(request, operation, result, nanos)));
    }
  }

  private boolean shows(@Nullable Operation operation) {
    boolean[] some = wanted;
    return some == null || (operation != null && some[operation.opcode()]);
  }

  private static byte[] bytes(TraceLine line) {
    return line.end().getBytes(StandardCharsets.US_ASCII);
  }
}
