package io.famfs.fuse.metrics;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashMap;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/// One connection to an endpoint: one request, one response, then it is closed (RFC 9112). The
/// request is bounded in size, and all of it in time.
final class HttpExchange {
  /// Longest head of a request.
  static final int MAX_REQUEST_BYTES = 4096;

  private static final int GET_WORDS = 3;

  /// What an action may take until its client is given up; it goes on.
  private static final long ACTION_LIMIT_NANOS = 30_000_000_000L;

  private final SocketChannel channel;
  private long deadlineNanos;
  private final ByteBuffer request = ByteBuffer.allocate(MAX_REQUEST_BYTES);
  private @Nullable ByteBuffer response;
  private boolean acting;
  private volatile @Nullable ByteBuffer done;

  HttpExchange(SocketChannel channel, long deadlineNanos) {
    this.channel = channel;
    this.deadlineNanos = deadlineNanos;
  }

  boolean expired(long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }

  long remainingNanos(long nowNanos) {
    return deadlineNanos - nowNanos;
  }

  /// Whether it waits until its response can be sent, not for its request.
  boolean responding() {
    return response != null;
  }

  /// Whether it waits until an action is done.
  boolean acting() {
    return acting && response == null;
  }

  /// Takes the response of an action.
  ///
  /// @return whether there is one now
  boolean finish() {
    if (!acting()) {
      return false;
    }
    response = done;
    return response != null;
  }

  /// Takes what has come, and prepares the response when the head is whole.
  ///
  /// @param wake called by another thread when an action is done
  /// @return false when the peer has gone before that
  boolean read(Map<String, Page> pages, Map<String, Action> actions, Runnable wake)
      throws IOException {
    if (channel.read(request) < 0) {
      return false;
    }
    String head = new String(request.array(), 0, request.position(), StandardCharsets.ISO_8859_1);
    if (head.contains("\r\n\r\n") || head.contains("\n\n")) {
      String line = head.lines().findFirst().orElse("");
      String[] words = line.split(" ", -1);
      Action action =
          words[0].equals("POST") && words.length == GET_WORDS ? actions.get(path(words[1])) : null;
      response = action == null ? answer(line, pages) : act(action, words[1], wake);
    } else if (!request.hasRemaining()) {
      response = text("431 Request Header Fields Too Large", "the request is too long");
    }
    return true;
  }

  /// Sends as much as goes.
  ///
  /// @return whether all of it has gone
  boolean write() throws IOException {
    ByteBuffer rest = response;
    if (rest == null) {
      return false;
    }
    channel.write(rest);
    return !rest.hasRemaining();
  }

  SocketChannel channel() {
    return channel;
  }

  private static ByteBuffer answer(String line, Map<String, Page> pages) {
    String[] words = line.split(" ", -1);
    if (words.length != GET_WORDS || !words[2].startsWith("HTTP/1.")) {
      return text("400 Bad Request", "this is not HTTP/1.1");
    }
    boolean head = words[0].equals("HEAD");
    if (!head && !words[0].equals("GET")) {
      return text("405 Method Not Allowed", "only GET and HEAD are served");
    }
    Page page = pages.get(path(words[1]));
    if (page == null) {
      return text("404 Not Found", "there are " + String.join(", ", pages.keySet()));
    }
    try {
      String body = page.render(query(words[1]));
      return response("200 OK", page.contentType(), body, head);
    } catch (IllegalArgumentException e) {
      return text("400 Bad Request", String.valueOf(e.getMessage()));
    } catch (IOException | RuntimeException e) {
      return text("500 Internal Server Error", e.toString());
    }
  }

  /// Starts an action for whom it is.
  ///
  /// @return the response when there is one already
  private @Nullable ByteBuffer act(Action action, String target, Runnable wake) throws IOException {
    UserPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    if (!peer.equals(Files.getOwner(Path.of("/proc/self"))) && !peer.getName().equals("root")) {
      return text("403 Forbidden", "only the server's own user and root may ask for this");
    }
    Map<String, String> query;
    try {
      query = query(target);
    } catch (IllegalArgumentException e) {
      return text("400 Bad Request", String.valueOf(e.getMessage()));
    }
    acting = true;
    deadlineNanos += ACTION_LIMIT_NANOS;
    Thread.ofVirtual()
        .name("famfs-control")
        .start(() -> {
          done = perform(action, query);
          wake.run();
        });
    return null;
  }

  private static ByteBuffer perform(Action action, Map<String, String> query) {
    try {
      return response("200 OK", "application/json", action.run(query), false);
    } catch (IllegalArgumentException e) {
      return text("400 Bad Request", String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return text("409 Conflict", String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      return text("500 Internal Server Error", e.toString());
    }
  }

  private static String path(String target) {
    int mark = target.indexOf('?');
    return mark < 0 ? target : target.substring(0, mark);
  }

  private static Map<String, String> query(String target) {
    int mark = target.indexOf('?');
    String text = mark < 0 ? "" : target.substring(mark + 1);
    Map<String, String> query = new HashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      query.put(decoded(name), decoded(value));
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static ByteBuffer text(String status, String line) {
    return response(status, "text/plain; charset=utf-8", line + "\n", false);
  }

  private static ByteBuffer response(String status, String type, String text, boolean headOnly) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + status
            + "\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + body.length
            + "\r\nConnection: close\r\n\r\n";
    byte[] first = head.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer all = ByteBuffer.allocate(first.length + (headOnly ? 0 : body.length));
    all.put(first);
    if (!headOnly) {
      all.put(body);
    }
    return all.flip();
  }
}
