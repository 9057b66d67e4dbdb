package io.famfs.fuse.metrics;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Answers GET and HEAD of HTTP/1.1 for a few pages, on a socket file or a loopback port, and on a
/// socket file POST for a few actions, when the server's user or root asks.
///
/// One thread serves at most [#MAX_CLIENTS] connections at a time; one more is closed at once. A
/// request has at most 4 KiB, and a client [#LIMIT] to send it and to take the response; what an
/// action takes comes on top, and others are answered meanwhile.
public final class MetricsEndpoint implements AutoCloseable {
  /// Connections at a time.
  static final int MAX_CLIENTS = 16;

  /// What a client has from connecting to the end of its response.
  static final Duration LIMIT = Duration.ofSeconds(5);

  private static final Logger LOGGER = System.getLogger(MetricsEndpoint.class.getName());
  private static final int BACKLOG = 16;
  private static final int NANOS_PER_MILLI = 1_000_000;

  private final EndpointAddress address;
  private final ServerSocketChannel listener;
  private final @Nullable SocketFile file;
  private final Selector selector;
  private final SortedMap<String, Page> pages;
  private final Map<String, Action> actions;
  private final Thread thread;
  private int clients;
  private volatile boolean closed;

  private MetricsEndpoint(
      EndpointAddress address,
      ServerSocketChannel listener,
      @Nullable SocketFile file,
      Map<String, Page> pages,
      Map<String, Action> actions)
      throws IOException {
    this.actions = Map.copyOf(actions);
    this.address = address;
    this.listener = listener;
    this.file = file;
    this.pages = new TreeMap<>(pages);
    selector = Selector.open();
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    thread = Thread.ofPlatform().name("famfs-metrics").daemon(true).unstarted(this::serve);
  }

  /// Listens; clients can connect when this returns.
  ///
  /// @param pages by path, such as `/metrics`
  /// @throws IOException when the address cannot be had: somebody listens there, or may not
  public static MetricsEndpoint listen(EndpointAddress wanted, Map<String, Page> pages)
      throws IOException {
    return listen(wanted, pages, Map.of());
  }

  /// The same with actions.
  ///
  /// @param actions by path; none on a port, which everybody on the host can reach
  /// @throws IllegalArgumentException for actions on a port
  public static MetricsEndpoint listen(
      EndpointAddress wanted, Map<String, Page> pages, Map<String, Action> actions)
      throws IOException {
    if (!actions.isEmpty() && !(wanted instanceof EndpointAddress.Unix)) {
      throw new IllegalArgumentException("actions on a port: " + wanted);
    }
    boolean unix = wanted instanceof EndpointAddress.Unix;
    ServerSocketChannel listener =
        unix ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
    try {
      SocketFile file = null;
      EndpointAddress bound = wanted;
      switch (wanted) {
        case EndpointAddress.Unix(var path) -> file = SocketFile.bind(listener, path);
        case EndpointAddress.Loopback(var host, var _) -> {
          bind(listener, wanted);
          int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
          bound = new EndpointAddress.Loopback(host, port);
        }
      }
      MetricsEndpoint endpoint = new MetricsEndpoint(bound, listener, file, pages, actions);
      endpoint.thread.start();
      return endpoint;
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  private static void bind(ServerSocketChannel listener, EndpointAddress wanted)
      throws IOException {
    try {
      listener.bind(wanted.address(), BACKLOG);
    } catch (BindException e) {
      throw new BindException(wanted + ": " + e.getMessage() + "; name another port");
    }
  }

  /// Where it listens, with the port it got.
  public EndpointAddress address() {
    return address;
  }

  private void serve() {
    try (selector;
        listener) {
      while (!closed) {
        selector.select(waitMillis());
        for (SelectionKey key : List.copyOf(selector.selectedKeys())) {
          handle(key);
        }
        selector.selectedKeys().clear();
        answerDone();
        expire();
      }
      for (SelectionKey key : open()) {
        key.channel().close();
      }
    } catch (IOException e) {
      LOGGER.log(Level.WARNING, "metrics at {0} ended: {1}", address, e.getMessage());
    }
  }

  private void handle(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        accept();
      } else if (key.attachment() instanceof HttpExchange exchange) {
        if (!exchange.responding() && !exchange.read(pages, actions, selector::wakeup)) {
          end(key, exchange);
        } else if (exchange.acting()) {
          key.interestOps(0);
        } else if (exchange.responding()) {
          key.interestOps(SelectionKey.OP_WRITE);
          if (exchange.write()) {
            end(key, exchange);
          }
        }
      }
    } catch (IOException | CancelledKeyException e) {
      if (key.attachment() instanceof HttpExchange exchange) {
        end(key, exchange);
      }
    }
  }

  /// Sends the answers of actions that are done.
  private void answerDone() {
    for (SelectionKey key : open()) {
      if (key.attachment() instanceof HttpExchange exchange && exchange.finish()) {
        key.interestOps(SelectionKey.OP_WRITE);
      }
    }
  }

  private void accept() throws IOException {
    SocketChannel channel = listener.accept();
    if (channel == null) {
      return;
    }
    if (clients == MAX_CLIENTS) {
      channel.close();
      return;
    }
    clients++;
    channel.configureBlocking(false);
    HttpExchange exchange = new HttpExchange(channel, System.nanoTime() + LIMIT.toNanos());
    channel.register(selector, SelectionKey.OP_READ, exchange);
  }

  private void end(SelectionKey key, HttpExchange exchange) {
    if (key.attachment() != null) {
      key.attach(null);
      clients--;
    }
    key.cancel();
    try {
      exchange.channel().close();
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "close: {0}", e.getMessage());
    }
  }

  private List<SelectionKey> open() {
    List<SelectionKey> open = new ArrayList<>();
    for (SelectionKey key : selector.keys()) {
      if (key.attachment() instanceof HttpExchange) {
        open.add(key);
      }
    }
    return open;
  }

  /// How long the loop may wait until a client's time is over; 0 is for ever.
  private long waitMillis() {
    long now = System.nanoTime();
    long least = Long.MAX_VALUE;
    for (SelectionKey key : open()) {
      if (key.attachment() instanceof HttpExchange exchange) {
        least = Math.min(least, exchange.remainingNanos(now));
      }
    }
    return least == Long.MAX_VALUE ? 0 : Math.max(0, least / NANOS_PER_MILLI) + 1;
  }

  private void expire() {
    long now = System.nanoTime();
    for (SelectionKey key : open()) {
      if (key.attachment() instanceof HttpExchange exchange && exchange.expired(now)) {
        end(key, exchange);
      }
    }
  }

  /// Stops listening, ends all connections and removes the socket file.
  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
      closed = true;
      selector.wakeup();
      thread.join(LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
