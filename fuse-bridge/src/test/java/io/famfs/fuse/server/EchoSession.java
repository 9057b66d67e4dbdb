package io.famfs.fuse.server;

import io.famfs.core.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A session for tests of the doors: echoes, maps, blocks or keeps silent as the opcode says.
public final class EchoSession implements Session {
  /// The reply's body is what follows the request's header.
  public static final int ECHO = 1000;

  /// `{u64 device offset, u64 window offset, u64 length}` to map in pages scattered by piece size.
  public static final int MAP = 1001;

  /// `{u64 unused, u64 window offset, u64 length}`.
  public static final int UNMAP = 1002;

  public static final int SILENT = 1003;

  /// Answers when [#release] is counted down.
  public static final int BLOCK = 1004;

  /// Throws, which no session should.
  public static final int THROW = 1005;

  public static final int UNMAP_ALL = 1006;

  private static final int IN_HEADER = 40;

  public final @Nullable MappingWindow window;
  public final CountDownLatch blocked = new CountDownLatch(1);
  public final CountDownLatch release = new CountDownLatch(1);
  public final AtomicInteger closed = new AtomicInteger();
  public final AtomicReference<@Nullable NotificationChannel> channel = new AtomicReference<>();
  public final AtomicLong workerThreadId = new AtomicLong();
  public volatile ByteOrder order = ByteOrder.LITTLE_ENDIAN;
  private final ThreadLocal<MemorySegment> scratch =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(1 << 20));

  public EchoSession(@Nullable MappingWindow window) {
    this.window = window;
  }

  @Override
  public void handle(Exchange exchange) {
    workerThreadId.setPlain(Thread.currentThread().threadId());
    MemorySegment in = exchange.in();
    int opcode = in.get(ValueLayout.JAVA_INT_UNALIGNED, 4);
    switch (opcode) {
      case ECHO -> echo(exchange);
      case SILENT -> exchange.noReply();
      case BLOCK -> {
        blocked.countDown();
        try {
          release.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        reply(exchange, 0);
      }
      case THROW -> throw new IllegalStateException("thrown for the test");
      case MAP, UNMAP, UNMAP_ALL -> reply(exchange, window(exchange, opcode));
      default -> reply(exchange, -Errno.ENOSYS);
    }
  }

  private int window(Exchange exchange, int opcode) {
    MappingWindow target = window;
    if (target == null) {
      return -Errno.ENOSYS;
    }
    MemorySegment in = exchange.in();
    if (opcode == UNMAP_ALL) {
      target.unmapAll();
      return 0;
    }
    long device = in.get(ValueLayout.JAVA_LONG_UNALIGNED, IN_HEADER);
    long at = in.get(ValueLayout.JAVA_LONG_UNALIGNED, IN_HEADER + 8);
    long length = in.get(ValueLayout.JAVA_LONG_UNALIGNED, IN_HEADER + 16);
    if (opcode == UNMAP) {
      return target.unmap(at, length);
    }
    WindowPieces pieces = new WindowPieces();
    pieces.add(0, device, at, length);
    return target.map(7, 0, at, length, pieces, true);
  }

  @Override
  public boolean hear(NotificationChannel to) {
    channel.set(to);
    return true;
  }

  @Override
  public ByteOrder order() {
    return order;
  }

  private void echo(Exchange exchange) {
    int length = exchange.requestLength() - IN_HEADER;
    MemorySegment buffer = scratch.get();
    int result = exchange.copyIn(IN_HEADER, buffer, 0, length);
    if (result == 0 && length > 0) {
      result = exchange.append(buffer, 0, length);
    }
    header(exchange, result, 16 + (result == 0 ? length : 0));
    if (result == 0 && length > 0) {
      exchange.appendedReply();
    } else {
      exchange.bodyReply(16);
    }
  }

  private static void reply(Exchange exchange, int error) {
    header(exchange, error, 16);
    exchange.bodyReply(16);
  }

  private static void header(Exchange exchange, int error, int length) {
    MemorySegment out = exchange.out();
    out.set(ValueLayout.JAVA_INT_UNALIGNED, 0, length);
    out.set(ValueLayout.JAVA_INT_UNALIGNED, 4, error);
    out.set(
        ValueLayout.JAVA_LONG_UNALIGNED, 8, exchange.in().get(ValueLayout.JAVA_LONG_UNALIGNED, 8));
  }

  @Override
  public void close() {
    closed.incrementAndGet();
    if (window != null) {
      window.unmapAll();
    }
  }
}
