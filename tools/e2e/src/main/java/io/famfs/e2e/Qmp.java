package io.famfs.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One command to QEMU's machine protocol (docs/interop/qmp-spec.rst of QEMU), on its own
/// connection.
final class Qmp {
  private Qmp() {}

  static String execute(Path socket, String command) throws IOException {
    String json = command.startsWith("{") ? command : "{\"execute\": \"" + command + "\"}";
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        OutputStream out = Channels.newOutputStream(channel);
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
      answer(in, "QMP");
      send(out, "{\"execute\": \"qmp_capabilities\"}");
      answer(in, "return");
      send(out, json);
      return answer(in, "return");
    }
  }

  private static void send(OutputStream out, String json) throws IOException {
    out.write((json + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /// The next line with the wanted member; events in between are skipped.
  private static String answer(BufferedReader in, String member) throws IOException {
    for (@Nullable String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.startsWith("{\"" + member + "\"")) {
        return line;
      }
      if (line.startsWith("{\"error\"")) {
        throw new IOException("QEMU refuses: " + line);
      }
    }
    throw new IOException("QEMU closed the connection");
  }
}
