package io.famfs.fuse.metrics;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where metrics can be asked for: a socket file, or a port that only this host reaches.
public sealed interface EndpointAddress {

  /// A socket file.
  record Unix(Path path) implements EndpointAddress {
    @Override
    public SocketAddress address() {
      return UnixDomainSocketAddress.of(path);
    }

    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /// A port of the loopback interface; 0 for any that is free.
  record Loopback(InetAddress host, int port) implements EndpointAddress {
    @Override
    public SocketAddress address() {
      return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
      return (host.getAddress().length == 4 ? host.getHostAddress() : "[::1]") + ":" + port;
    }
  }

  /// What a client connects to.
  SocketAddress address();

  /// Reads `unix:PATH`, `127.0.0.1:PORT`, `[::1]:PORT` or `localhost:PORT`.
  ///
  /// @throws IllegalArgumentException for everything else, with the reason
  static EndpointAddress parse(String text) {
    if (text.startsWith("unix:")) {
      if (text.length() == "unix:".length()) {
        throw new IllegalArgumentException("unix: needs a path, such as unix:/run/famfs/metrics");
      }
      return new Unix(Path.of(text.substring("unix:".length())));
    }
    Matcher parts = Pattern.compile("(.+):(\\d{1,5})").matcher(text);
    if (!parts.matches() || Integer.parseInt(parts.group(2)) > 0xffff) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address: use unix:PATH or 127.0.0.1:PORT");
    }
    byte[] host =
        switch (parts.group(1)) {
          case "127.0.0.1", "localhost" -> new byte[] {127, 0, 0, 1};
          case "[::1]" -> new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
          default ->
              throw new IllegalArgumentException(
                  "metrics are for this host only, since nobody is asked who he is: use unix:PATH"
                      + " or 127.0.0.1:PORT, not '"
                      + parts.group(1)
                      + "'");
        };
    try {
      return new Loopback(InetAddress.getByAddress(host), Integer.parseInt(parts.group(2)));
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
