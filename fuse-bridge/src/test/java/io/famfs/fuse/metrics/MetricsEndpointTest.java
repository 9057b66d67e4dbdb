package io.famfs.fuse.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MetricsEndpointTest {
  @TempDir private Path folder;

  private static Map<String, Page> pages() {
    Metrics metrics = new Metrics();
    metrics.gauge("famfs_one", "One.", () -> 1);
    Page echo =
        new Page(
            "text/plain",
            (query, out) -> {
              if (query.containsKey("bad")) {
                throw new IllegalArgumentException("bad=" + query.get("bad"));
              }
              out.append("echo ").append(query.get("a"));
            });
    return Map.of("/metrics", Page.of(metrics), "/echo", echo);
  }

  private static String ask(EndpointAddress address, String request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address.address())) {
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }

  @Test
  void bothKindsOfAddressAnswer() throws IOException {
    EndpointAddress unix = EndpointAddress.parse("unix:" + folder.resolve("m"));
    for (EndpointAddress wanted :
        List.of(unix, EndpointAddress.parse("127.0.0.1:0"), EndpointAddress.parse("localhost:0"))) {
      try (MetricsEndpoint endpoint = MetricsEndpoint.listen(wanted, pages())) {
        String answer = ask(endpoint.address(), get("/metrics"));
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertTrue(
            answer.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"), answer);
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        assertTrue(answer.contains("\r\nContent-Length: " + body.length() + "\r\n"), answer);
        assertTrue(body.endsWith("\n") && body.contains("\nfamfs_one 1\n"), body);
        assertTrue(ask(endpoint.address(), get("/echo?a=b%20%C3%A9&c")).endsWith("\n\r\necho b é"));
        String head = ask(endpoint.address(), "HEAD /metrics HTTP/1.0\r\n\r\n");
        assertTrue(head.startsWith("HTTP/1.1 200") && head.endsWith("\r\n\r\n"), head);
      }
    }
  }

  @Test
  void whatIsNoGoodIsToldSo() throws IOException {
    try (MetricsEndpoint endpoint =
        MetricsEndpoint.listen(EndpointAddress.parse("127.0.0.1:0"), pages())) {
      String[][] cases = {
        {get("/"), "404", "there are /echo, /metrics"},
        {get("/echo?bad=x"), "400", "bad=x"},
        {get("/echo?a=%zz"), "400", ""},
        {"POST /metrics HTTP/1.1\r\n\r\n", "405", "only GET"},
        {"hello\n\n", "400", "not HTTP"},
        {
          "GET /metrics HTTP/1.1\r\nX: " + "y".repeat(HttpExchange.MAX_REQUEST_BYTES - 26),
          "431",
          ""
        },
      };
      for (String[] one : cases) {
        String answer = ask(endpoint.address(), one[0]);
        assertTrue(answer.startsWith("HTTP/1.1 " + one[1] + " "), one[0] + ": " + answer);
        assertTrue(answer.contains(one[2]), one[0] + ": " + answer);
      }
    }
  }

  @Test
  void silentClientsHoldNobodyUpForLong() throws IOException {
    EndpointAddress wanted = EndpointAddress.parse("unix:" + folder.resolve("m"));
    try (MetricsEndpoint endpoint = MetricsEndpoint.listen(wanted, pages())) {
      List<SocketChannel> silent = new ArrayList<>();
      for (int i = 0; i < MetricsEndpoint.MAX_CLIENTS - 1; i++) {
        SocketChannel channel = SocketChannel.open(endpoint.address().address());
        channel.write(ByteBuffer.wrap("GET /metr".getBytes(StandardCharsets.US_ASCII)));
        silent.add(channel);
      }
      assertTrue(ask(endpoint.address(), get("/metrics")).startsWith("HTTP/1.1 200"));
      long start = System.nanoTime();
      for (SocketChannel channel : silent) {
        // The end of the stream is what an expired client sees.
        assertEquals(-1, channel.read(ByteBuffer.allocate(10)));
        channel.close();
      }
      long tookNanos = System.nanoTime() - start;
      assertTrue(tookNanos < 4 * MetricsEndpoint.LIMIT.toNanos(), "took " + tookNanos);
      assertTrue(ask(endpoint.address(), get("/metrics")).startsWith("HTTP/1.1 200"));
    }
  }

  @Test
  void socketFileIsPrivateAndGoesWithItsServer() throws IOException {
    Path path = folder.resolve("m");
    EndpointAddress wanted = EndpointAddress.parse("unix:" + path);
    try (MetricsEndpoint first = MetricsEndpoint.listen(wanted, pages())) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      assertThrows(BindException.class, () -> MetricsEndpoint.listen(wanted, pages()));
      assertTrue(ask(first.address(), get("/metrics")).startsWith("HTTP/1.1 200"));
    }
    assertFalse(Files.exists(path));
    try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      stale.bind(UnixDomainSocketAddress.of(path));
    }
    try (MetricsEndpoint next = MetricsEndpoint.listen(wanted, pages())) {
      assertTrue(ask(next.address(), get("/metrics")).startsWith("HTTP/1.1 200"));
      Files.delete(path);
      Files.writeString(path, "mine");
    }
    assertEquals("mine", Files.readString(path));
    assertThrows(FileAlreadyExistsException.class, () -> MetricsEndpoint.listen(wanted, pages()));
    try (var left = Files.list(folder)) {
      assertEquals(List.of(path), left.toList());
    }
  }

  @Test
  void onlyThisHostIsServed() {
    for (String bad :
        new String[] {
          "",
          "unix:",
          "9100",
          "0.0.0.0:9100",
          "192.168.1.1:80",
          "host:80",
          "127.0.0.1:65536",
          "127.0.0.1:",
          "[::]:80"
        }) {
      assertThrows(IllegalArgumentException.class, () -> EndpointAddress.parse(bad), () -> bad);
    }
    assertEquals("unix:a b", EndpointAddress.parse("unix:a b").toString());
    assertEquals("127.0.0.1:80", EndpointAddress.parse("localhost:80").toString());
    assertEquals("[::1]:80", EndpointAddress.parse("[::1]:80").toString());
  }
}
