package io.famfs.fuse.server;

import java.util.Locale;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/// A client that has had its INIT, or whose session has ended.
@Name("io.famfs.Session")
@Label("Session")
@Category({"famfs", "Clients"})
@Description("The begin or the end of a client's session")
@StackTrace(false)
final class SessionEvent extends Event {
  @Label("Client")
  @Nullable String client;

  @Label("Change")
  @Description("agreed or ended")
  @Nullable String change;

  @Label("Minor")
  @Description("Minor version of the protocol")
  int minor;

  @Label("Architecture")
  @Description("Family of numbers the client uses, as far as it is known")
  @Nullable String architecture;

  @Label("Window")
  @Description("Whether the client has a window")
  boolean window;

  static void record(String who, String what, Connection connection) {
    SessionEvent event = new SessionEvent();
    event.client = who;
    event.change = what;
    event.minor = connection.minor();
    event.architecture = connection.abi().family().name().toLowerCase(Locale.ROOT);
    event.window = connection.window() != null;
    event.commit();
  }
}
