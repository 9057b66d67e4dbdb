package io.famfs.virtiofs;

import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.Exchange;
import io.famfs.fuse.server.NotificationChannel;
import io.famfs.fuse.server.RequestHandler;
import io.famfs.fuse.server.Session;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;

/// The session of a guest with a notification queue: it is told how to reach the guest by the first
/// request behind an INIT, which shows that the guest has seen the reply.
final class HearingHandler implements RequestHandler {
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int OPCODE = 4;

  private final Session session;
  private final NotificationChannel channel;
  private final AtomicBoolean agreed;

  /// @param agreed whether INIT was answered by another process, whose messages may be lost
  HearingHandler(Session session, NotificationChannel channel, boolean agreed) {
    this.session = session;
    this.channel = channel;
    this.agreed = new AtomicBoolean(agreed);
  }

  @Override
  public void handle(Exchange exchange) {
    int opcode = exchange.in().get(U32, OPCODE);
    if (opcode == Opcode.INIT || opcode == Integer.reverseBytes(Opcode.INIT)) {
      session.handle(exchange);
      agreed.set(true);
      return;
    }
    if (agreed.get() && agreed.compareAndSet(true, false)) {
      boolean _ = session.hear(channel);
    }
    session.handle(exchange);
  }

  @Override
  public void release(Exchange exchange) {
    session.release(exchange);
  }

  @Override
  public ByteOrder order() {
    return session.order();
  }

  @Override
  public int errno(int canonical) {
    return session.errno(canonical);
  }
}
