package io.famfs.e2e;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The host's end of the guest's second serial port.
///
/// ```
/// guest: boot UPTIME RELEASE                       once, before the script
/// guest: call N          then N times: LENGTH SPACE bytes
/// host:  EXIT SPACE LENGTH  then bytes             the answer to a call
/// guest: exit CODE                                 once, after the script
/// ```
///
/// Lines end with a newline. The guest is not trusted: lengths and counts are bounded, a line that
/// means nothing is skipped.
final class HostChannel implements AutoCloseable {
  private static final int LINE_LIMIT = 4096;
  private static final int WORDS_LIMIT = 4096;
  private static final int BYTES_LIMIT = 1 << 20;
  static final int OUTPUT_LIMIT = 32768;

  private final ServerSocketChannel server;
  private final HostHook hook;
  private final Thread thread;
  private final CompletableFuture<String> booted = new CompletableFuture<>();
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();

  private HostChannel(ServerSocketChannel server, HostHook hook, String name) {
    this.server = server;
    this.hook = hook;
    this.thread = Thread.ofPlatform().daemon().name("host-channel-" + name).unstarted(this::serve);
  }

  /// Listens on `socket` for the one connection of QEMU.
  static HostChannel listen(Path socket, HostHook hook) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket), 1);
    HostChannel channel = new HostChannel(server, hook, String.valueOf(socket.getParent()));
    channel.thread.start();
    return channel;
  }

  /// Completed with the kernel's release when the script is about to start.
  CompletableFuture<String> booted() {
    return booted;
  }

  /// Completed with the script's exit code.
  CompletableFuture<Integer> exit() {
    return exit;
  }

  /// Waits until everything the guest sent was read; called after QEMU's end.
  void drain(long limitMs) throws InterruptedException {
    thread.join(limitMs);
  }

  @Override
  public void close() throws IOException {
    server.close();
    thread.interrupt();
  }

  private void serve() {
    try (SocketChannel connection = server.accept();
        InputStream in = new BufferedInputStream(Channels.newInputStream(connection));
        OutputStream out = Channels.newOutputStream(connection)) {
      for (String line = line(in); line != null; line = line(in)) {
        handle(line, in, out);
      }
    } catch (IOException e) {
      // The guest is gone or cut off; what it said before counts.
    } finally {
      booted.completeExceptionally(new IOException("the guest has ended"));
    }
  }

  private void handle(String line, InputStream in, OutputStream out) throws IOException {
    String[] words = line.split(" ", 3);
    switch (words[0]) {
      case "boot" -> booted.complete(words.length > 2 ? words[2] : "");
      case "exit" -> exit.complete(words.length > 1 ? number(words[1], 255) : 255);
      case "call" ->
          answer(
              out, callHook(readWords(in, words.length > 1 ? number(words[1], WORDS_LIMIT) : 0)));
      default -> {}
    }
  }

  private HookResult callHook(List<String> words) {
    try {
      return hook.call(words);
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      return new HookResult(125, "hook: " + e + "\n");
    } catch (AssertionError e) {
      return new HookResult(125, "hook: " + e.getMessage() + "\n");
    }
  }

  private static void answer(OutputStream out, HookResult result) throws IOException {
    byte[] text = result.output().getBytes(StandardCharsets.UTF_8);
    int length = Math.min(text.length, OUTPUT_LIMIT);
    byte[] head = (result.exit() + " " + length + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] message = Arrays.copyOf(head, head.length + length);
    System.arraycopy(text, 0, message, head.length, length);
    out.write(message);
    out.flush();
  }

  private static List<String> readWords(InputStream in, int count) throws IOException {
    List<String> words = new ArrayList<>();
    int left = BYTES_LIMIT;
    for (int i = 0; i < count; i++) {
      int length = number(until(in, ' '), left);
      left -= length;
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length || in.read() != '\n') {
        throw new IOException("the guest's call is cut off");
      }
      words.add(new String(bytes, StandardCharsets.UTF_8));
    }
    return words;
  }

  private static int number(String text, int limit) throws IOException {
    try {
      int value = Integer.parseInt(text.strip());
      if (value >= 0 && value <= limit) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Answered below.
    }
    throw new IOException("the guest sent a bad number");
  }

  /// One line without its end, null at the end of the stream. Longer ones are cut into several.
  private static @Nullable String line(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c == '\n' || text.length() == LINE_LIMIT) {
        return text.toString().strip();
      }
      text.append((char) c);
    }
    return null;
  }

  private static String until(InputStream in, char end) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != end && text.length() < 16; c = in.read()) {
      text.append((char) c);
    }
    return text.toString();
  }
}
