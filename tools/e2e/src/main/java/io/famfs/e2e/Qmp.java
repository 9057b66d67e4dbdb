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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Commands to QEMU's machine protocol (docs/interop/qmp-spec.rst of QEMU), on a connection of
/// their own.
final class Qmp {
  private Qmp() {}

  static String execute(Path socket, String command) throws IOException {
    return execute(socket, command, answer -> answer.startsWith("{\"return\""));
  }

  /// Executes a command and waits for what it leads to.
  ///
  /// @param end the last line that is of interest, an answer or an event
  /// @return that line
  static String execute(Path socket, String command, Predicate<String> end) throws IOException {
    String json = command.startsWith("{") ? command : "{\"execute\": \"" + command + "\"}";
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        OutputStream out = Channels.newOutputStream(channel);
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
      answer(in, line -> line.startsWith("{\"QMP\""));
      send(out, "{\"execute\": \"qmp_capabilities\"}");
      answer(in, line -> line.startsWith("{\"return\""));
      send(out, json);
      return answer(in, end);
    }
  }

  private static void send(OutputStream out, String json) throws IOException {
    out.write((json + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /// The next line that is wanted; others in between are skipped.
  private static String answer(BufferedReader in, Predicate<String> wanted) throws IOException {
    for (@Nullable String line = in.readLine(); line != null; line = in.readLine()) {
      if (wanted.test(line)) {
        return line;
      }
      if (line.startsWith("{\"error\"")) {
        throw new IOException("QEMU refuses: " + line);
      }
    }
    throw new IOException("QEMU closed the connection");
  }
}
