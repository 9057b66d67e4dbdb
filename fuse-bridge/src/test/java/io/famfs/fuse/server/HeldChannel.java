package io.famfs.fuse.server;

import io.famfs.core.Errno;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A client's kernel that writes down what it is told, and can make the teller wait.
final class HeldChannel implements NotificationChannel {
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final Map<Integer, Integer> refused = new ConcurrentHashMap<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile CountDownLatch held = new CountDownLatch(1);
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

  void order(ByteOrder of) {
    order = of;
  }

  /// Makes whoever tells wait from now on.
  void hold() {
    held = new CountDownLatch(1);
    gate = new CountDownLatch(1);
  }

  /// Waits until somebody waits.
  void awaitHeld() {
    await(held);
  }

  void release() {
    gate.countDown();
  }

  void refuse(int code, int errno) {
    refused.put(code, errno);
  }

  /// The next thing told, in words.
  String next() {
    try {
      String line = told.poll(20, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("nothing is told");
      }
      return line;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  boolean isEmpty() {
    return told.isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("held for too long");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public int send(MemorySegment message, int lengthBytes) {
    ByteBuffer bytes =
        ByteBuffer.wrap(message.asSlice(0, lengthBytes).toArray(ValueLayout.JAVA_BYTE))
            .order(order);
    if (bytes.getInt(0) != lengthBytes || bytes.getLong(8) != 0) {
      told.add("malformed");
      return -Errno.EINVAL;
    }
    int code = bytes.getInt(4);
    held.countDown();
    await(gate);
    told.add(words(code, bytes.position(16)));
    return -refused.getOrDefault(code, 0);
  }

  private static String words(int code, ByteBuffer body) {
    return switch (code) {
      case 2 -> "INVAL_INODE " + body.getLong() + " " + body.getLong() + " " + body.getLong();
      case 3 ->
          "INVAL_ENTRY "
              + body.getLong()
              + " "
              + body.getInt()
              + " "
              + body.getInt()
              + " "
              + name(body);
      case 7 -> "RESEND" + rest(body);
      case 8 -> "INC_EPOCH" + rest(body);
      case 9 -> "PRUNE" + nodeids(body);
      default -> "unknown " + code;
    };
  }

  private static String rest(ByteBuffer body) {
    return body.hasRemaining() ? " and more" : "";
  }

  private static String name(ByteBuffer body) {
    byte[] name = new byte[body.remaining() - 1];
    body.get(name);
    return body.get() == 0 ? new String(name, StandardCharsets.UTF_8) : "without end";
  }

  private static String nodeids(ByteBuffer body) {
    int count = body.getInt();
    StringBuilder words = new StringBuilder();
    words.append(body.getInt() == 0 && body.getLong() == 0 ? "" : " not zero");
    for (int i = 0; i < count; i++) {
      words.append(' ').append(body.getLong());
    }
    return words + rest(body);
  }
}
