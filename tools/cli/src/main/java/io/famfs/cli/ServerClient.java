package io.famfs.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks a server over its socket: one request of HTTP/1.1, one response.
final class ServerClient {
  /// What a server has from connecting to the end of its response.
  static final Duration LIMIT = Duration.ofSeconds(5);

  /// What it has for something that it is to do.
  private static final Duration ACTION_LIMIT = Duration.ofSeconds(40);

  /// No response is longer.
  static final int MAX_RESPONSE_BYTES = 64 << 20;

  private static final int CHUNK_BYTES = 64 << 10;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.\\d (\\d{3}) [^\r\n]*");

  private static final Pattern LENGTH =
      Pattern.compile("^Content-Length: (\\d{1,9})$", Pattern.MULTILINE);
  private static final int HEAD_END_BYTES = 4;

  private final Path socket;
  private final Duration limit;

  ServerClient(Path socket) {
    this(socket, LIMIT);
  }

  ServerClient(Path socket, Duration limit) {
    this.socket = socket;
    this.limit = limit;
  }

  /// Gets a page.
  ///
  /// @param target path and query
  /// @return the body
  /// @throws CliException when the server refuses, with its reason, or nobody or somebody else
  ///   answers
  String get(String target) throws IOException {
    return ask("GET", target);
  }

  /// Has the server do something, which may take seconds.
  ///
  /// @return as [#get]
  String post(String target) throws IOException {
    return new ServerClient(socket, ACTION_LIMIT).ask("POST", target);
  }

  private String ask(String method, String target) throws IOException {
    byte[] response = exchange(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    // One character for each byte, until it is clear where the body begins.
    String text = new String(response, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    String head = end < 0 ? "" : text.substring(0, end);
    Matcher status = STATUS.matcher(head.lines().findFirst().orElse(""));
    if (!status.matches()) {
      throw new CliException(
          text.isEmpty()
              ? socket + ": the server hung up; it may be answering too many others: try again"
              : socket + ": what listens there is no famfs server's control or metrics socket");
    }
    Matcher length = LENGTH.matcher(head);
    int bodyBytes = response.length - end - HEAD_END_BYTES;
    if (length.find() && Integer.parseInt(length.group(1)) != bodyBytes) {
      throw new CliException(socket + ": the server hung up in the middle of its answer");
    }
    String body = new String(response, end + HEAD_END_BYTES, bodyBytes, StandardCharsets.UTF_8);
    return switch (status.group(1)) {
      case "200" -> body;
      case "400", "403", "409" -> throw new CliException(Inodes.printable(body.strip()));
      case "404" ->
          throw new CliException(
              socket + ": does not show this: " + Inodes.printable(body.strip()));
      default -> throw new CliException(socket + ": " + Inodes.printable(status.group()));
    };
  }

  private byte[] exchange(String request) throws IOException {
    CountDownLatch done = new CountDownLatch(1);
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      Thread.ofVirtual().start(() -> closeLate(channel, done));
      channel.connect(UnixDomainSocketAddress.of(socket));
      send(channel, request);
      return receive(channel);
    } catch (ClosedChannelException e) {
      throw new CliException(
          socket
              + ": no answer within "
              + limit.toSeconds()
              + " s: the server is stopped or stuck");
    } catch (ConnectException e) {
      throw new CliException(socket + ": nobody listens there: the server has ended");
    } catch (IOException e) {
      throw new CliException(socket + ": " + explain(e));
    } finally {
      done.countDown();
    }
  }

  /// A server that has enough to do closes at once: what it has said before that is read all the
  /// same.
  private static void send(SocketChannel channel, String request) throws ClosedChannelException {
    ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      // Broken pipe.
    }
  }

  private byte[] receive(SocketChannel channel) throws ClosedChannelException {
    ByteArrayOutputStream response = new ByteArrayOutputStream();
    byte[] some = new byte[CHUNK_BYTES];
    try {
      for (int n = channel.read(ByteBuffer.wrap(some));
          n >= 0;
          n = channel.read(ByteBuffer.wrap(some))) {
        response.write(some, 0, n);
        if (response.size() > MAX_RESPONSE_BYTES) {
          throw new CliException(
              socket + ": the response is longer than " + MAX_RESPONSE_BYTES + " bytes");
        }
      }
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      // Reset by the server.
    }
    return response.toByteArray();
  }

  private String explain(IOException e) {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return "there is no such socket: the server has ended";
    }
    return Files.isWritable(socket)
        ? String.valueOf(e.getMessage())
        : "belongs to another user: run this as that user, or as root";
  }

  /// Wakes whoever waits in the channel when the time is over.
  private void closeLate(SocketChannel channel, CountDownLatch done) {
    try {
      if (!done.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        channel.close();
      }
    } catch (IOException | InterruptedException e) {
      // The channel is closed by its own thread.
    }
  }
}
