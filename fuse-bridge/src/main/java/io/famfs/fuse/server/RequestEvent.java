package io.famfs.fuse.server;

import io.famfs.core.Errno;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Unsigned;
import org.jspecify.annotations.Nullable;

/// A request that took long. While it is not recorded it costs one test per request, and no object
/// is made.
@Name("io.famfs.Request")
@Label("Request")
@Category({"famfs", "Requests"})
@Description("A request from its header being taken apart to its reply being complete")
@Threshold("1 ms")
@StackTrace(false)
final class RequestEvent extends Event {
  /// Asked whether events are recorded at all.
  private static final RequestEvent PROBE = new RequestEvent();

  @Label("Operation")
  @Description("Name of the opcode")
  @Nullable String operation;

  @Label("Client")
  @Nullable String client;

  @Label("Unique")
  @Description("Number of the request, as in a trace")
  @Unsigned
  long unique;

  @Label("Node")
  @Description("nodeid of the file")
  @Unsigned
  long nodeid;

  @Label("Error")
  @Description("Name of the errno in the reply; empty when there was none")
  @Nullable String error;

  @Label("Reply Size")
  @DataAmount
  long replyBytes;

  /// A new event whose time has begun; null while none are recorded.
  static @Nullable RequestEvent begun() {
    if (!PROBE.isEnabled()) {
      return null;
    }
    RequestEvent event = new RequestEvent();
    event.begin();
    return event;
  }

  void finish(String who, Request request, @Nullable Operation row, int result) {
    end();
    if (shouldCommit()) {
      operation = row == null ? "#" + Integer.toUnsignedString(request.opcode()) : row.name();
      client = who;
      unique = request.unique();
      nodeid = request.nodeid();
      error = result < 0 ? Errno.name(-result) : "";
      replyBytes = request.exchange().replyLength();
      commit();
    }
  }
}
