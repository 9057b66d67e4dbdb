package io.famfs.fuse.server;

import io.famfs.fuse.protocol.InitFlag;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// What INIT agreed on for one connection.
///
/// @param minor protocol minor version in use
/// @param flags accepted features, both flag words together
/// @param order byte order of every message, both ways: that of the INIT
/// @param window where mappings go; null when the connection has none, or the file system may not
///   use it
public record Connection(int minor, long flags, ByteOrder order, @Nullable MappingWindow window) {

  /// Whether a feature is in use.
  public boolean has(InitFlag flag) {
    return flag.in(flags);
  }
}
