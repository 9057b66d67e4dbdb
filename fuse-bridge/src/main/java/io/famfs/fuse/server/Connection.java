package io.famfs.fuse.server;

import io.famfs.fuse.protocol.InitFlag;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// What INIT agreed on for one connection.
///
/// @param minor protocol minor version in use
/// @param flags accepted features, both flag words together
/// @param order byte order of every message, both ways: that of the INIT
/// @param abi whose numbers the client uses
/// @param client who it is, from this INIT to the end of the session
/// @param window where mappings go; null when the connection has none, or the file system may not
///   use it
public record Connection(
    int minor,
    long flags,
    ByteOrder order,
    ClientAbi abi,
    Client client,
    @Nullable MappingWindow window) {

  /// The same with more known of the client.
  Connection with(ClientAbi known) {
    return new Connection(minor, flags, order, known, client, window);
  }

  /// Whether a feature is in use.
  public boolean has(InitFlag flag) {
    return flag.in(flags);
  }
}
