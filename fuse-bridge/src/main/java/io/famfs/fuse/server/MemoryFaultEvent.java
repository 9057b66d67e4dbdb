package io.famfs.fuse.server;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Unsigned;
import org.jspecify.annotations.Nullable;

/// A request that failed because memory has gone, of the device or of the guest.
@Name("io.famfs.MemoryFault")
@Label("Memory Fault")
@Category({"famfs", "Faults"})
@Description("A request failed because memory has gone, of the device or of the guest")
@StackTrace(false)
final class MemoryFaultEvent extends Event {
  @Label("Client")
  @Nullable String client;

  @Label("Opcode")
  int opcode;

  @Label("Node")
  @Description("nodeid of the file")
  @Unsigned
  long nodeid;

  static void record(Request request) {
    MemoryFaultEvent event = new MemoryFaultEvent();
    FuseSession session = request.session;
    event.client = session == null ? "" : session.name();
    event.opcode = request.opcode();
    event.nodeid = request.nodeid();
    event.commit();
  }
}
