package io.famfs.fuse.server;

import io.famfs.core.Errno;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Unsigned;
import org.jspecify.annotations.Nullable;

/// A range that was mapped into a window or taken out of one; its time is mostly the front-end's.
@Name("io.famfs.Mapping")
@Label("Mapping")
@Category({"famfs", "Window"})
@Description("A change of a DAX window")
@StackTrace(false)
final class MappingEvent extends Event {
  private static final MappingEvent PROBE = new MappingEvent();

  @Label("Client")
  @Nullable String client;

  @Label("Change")
  @Description("map or unmap")
  @Nullable String change;

  @Label("Node")
  @Description("nodeid of the file")
  @Unsigned
  long nodeid;

  @Label("Window Offset")
  @DataAmount
  long windowOffset;

  @Label("Length")
  @DataAmount
  long lengthBytes;

  @Label("Error")
  @Description("Name of the errno; empty when it was done")
  @Nullable String error;

  /// A new event whose time has begun; null while none are recorded.
  static @Nullable MappingEvent begun(String who, String what, long file) {
    if (!PROBE.isEnabled()) {
      return null;
    }
    MappingEvent event = new MappingEvent();
    event.client = who;
    event.change = what;
    event.nodeid = file;
    event.begin();
    return event;
  }

  void finish(long atWindowOffset, long length, int result) {
    windowOffset = atWindowOffset;
    lengthBytes = length;
    error = result < 0 ? Errno.name(-result) : "";
    commit();
  }
}
