package io.famfs.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The test plays the guest.
@Timeout(30)
class HostChannelTest {
  @TempDir private Path directory;
  private final List<List<String>> calls = new ArrayList<>();

  private HostChannel listen() throws IOException {
    return HostChannel.listen(
        directory.resolve("control"),
        words -> {
          calls.add(words);
          return new HookResult(3, "answer\n");
        });
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("control")));
  }

  private static void send(SocketChannel guest, String text) throws IOException {
    guest.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aGuestBootsCallsAndExits() throws Exception {
    try (HostChannel host = listen();
        SocketChannel guest = connect()) {
      send(guest, "noise\nboot 1.20 7.3.4\n");
      assertEquals("7.3.4", host.booted().get(10, TimeUnit.SECONDS));
      send(guest, "call 2\n5 a b\nc\n0 \n");
      ByteBuffer answer = ByteBuffer.allocate("3 7\nanswer\n".length());
      while (answer.hasRemaining() && guest.read(answer) >= 0) {}
      assertEquals("3 7\nanswer\n", new String(answer.array(), StandardCharsets.UTF_8));
      assertEquals(List.of(List.of("a b\nc", "")), calls);
      send(guest, "exit 7\n");
      assertEquals(7, host.exit().get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void aGuestThatBreaksTheRulesIsCutOff() throws Exception {
    for (String bad :
        List.of("call 99999999\n", "call -1\n", "call 1\n99999999 x\n", "exit 300\n", "call x\n")) {
      Path socket = directory.resolve("control");
      try (HostChannel host = listen();
          SocketChannel guest = connect()) {
        send(guest, bad);
        assertEquals(-1, guest.read(ByteBuffer.allocate(1)), bad);
        host.drain(10_000);
        assertFalse(host.exit().isDone(), bad);
      }
      Files.delete(socket);
    }
    assertTrue(calls.isEmpty());
  }

  @Test
  void aGuestThatNeverConnectsLeavesNothingBehind() throws Exception {
    HostChannel host = listen();
    host.close();
    host.drain(10_000);
    assertTrue(host.booted().isCompletedExceptionally());
  }
}
