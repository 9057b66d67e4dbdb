package io.famfs.fuse.server;

import java.util.Map;
import java.util.TreeMap;

/// Which server it is, for whoever looks at several.
///
/// @param kind `serve` or `mount`
/// @param name where it is mounted, or the tag guests mount
/// @param version of the program
/// @param details what else tells it from others, by name: its device, its socket
public record ServerIdentity(
    String kind, String name, String version, Map<String, String> details) {

  public ServerIdentity {
    details = new TreeMap<>(details);
  }
}
