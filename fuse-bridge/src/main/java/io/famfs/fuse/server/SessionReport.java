package io.famfs.fuse.server;

import io.famfs.fuse.protocol.InitFlag;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

  /// A client.
  ///
  /// @param agreed what INIT agreed on; null when none is in force
  static SessionReport of(
      String name, @Nullable Connection agreed, ByteOrder order, @Nullable MappingWindow window) {
    List<String> flags = new ArrayList<>();
    if (agreed != null) {
      for (InitFlag flag : InitFlag.values()) {
        if (agreed.has(flag)) {
          flags.add(flag.name());
        }
      }
    }
    ClientAbi abi = agreed == null ? ClientAbi.UNKNOWN : agreed.abi();
    String family = abi.family().name().toLowerCase(Locale.ROOT);
    return new SessionReport(
        name,
        agreed != null,
        agreed == null ? 0 : agreed.minor(),
        flags,
        order == ByteOrder.BIG_ENDIAN ? "big" : "little",
        switch (abi.certainty()) {
          case UNKNOWN -> "unknown";
          case ASSUMED -> family + " (assumed)";
          case PROVEN -> family;
        },
        window == null ? null : window.report());
  }
}
