package io.famfs.fuse.server;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One client of a server as it stands.
///
/// @param name its socket and number, or where it is mounted
/// @param connected whether an INIT is in force
/// @param minor protocol minor version that INIT agreed on
/// @param flags names of the features that INIT agreed on
/// @param byteOrder `little` or `big`
/// @param architecture what the client runs on, as far as it is known
/// @param window its window; null when it has none
public record SessionReport(
    String name,
    boolean connected,
    int minor,
    List<String> flags,
    String byteOrder,
    String architecture,
    @Nullable WindowReport window) {

  public SessionReport {
    flags = List.copyOf(flags);
  }
}
