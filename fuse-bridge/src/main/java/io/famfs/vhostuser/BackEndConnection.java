package io.famfs.vhostuser;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.UnixSocket;
import io.famfs.virtio.GuestMemorySlot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One connection of a front-end, from its first message to the end of its socket.
///
/// [#serve()] is the control thread: it returns when the front-end has gone, has broken a rule, or
/// [#shutdown()] was called; all rings are stopped then and nothing of the front-end is held.
public final class BackEndConnection {
  private static final System.Logger LOG = System.getLogger(BackEndConnection.class.getName());

  private final String name;
  private final MessageSocket socket;
  private final MessageHandler handler;
  private final int queueCount;
  private boolean ended;

  /// @param socket taken over
  /// @param memory where the memory table is published for the device's workers
  /// @param name for messages
  public BackEndConnection(
      UnixSocket socket, VhostUserDevice device, GuestMemorySlot memory, String name) {
    this(socket, device, memory, name, null);
  }

  /// The same with a place where everything is left for a process that comes after this one.
  public BackEndConnection(
      UnixSocket socket,
      VhostUserDevice device,
      GuestMemorySlot memory,
      String name,
      @Nullable ConnectionKeeper keeper) {
    this.name = name;
    this.socket = new MessageSocket(socket, keeper == null ? null : keeper.replies());
    this.handler = new MessageHandler(this.socket, device, memory, keeper);
    queueCount = device.queueCount();
  }

  /// Goes on with a connection that another process has left, before [#serve()].
  ///
  /// @param image what that process saved last; nothing when it was told nothing yet
  /// @param left its descriptors, by role; taken over
  /// @throws IOException when that is not possible
  public void resume(ByteBuffer image, Map<String, Fd> left) throws IOException {
    try {
      if (image.hasRemaining()) {
        ConnectionImage found = ConnectionImage.decode(image, queueCount);
        handler.resume(found, left);
        socket.resume(found.lastRequest());
      }
    } catch (ProtocolViolation e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /// Serves the front-end until the connection ends.
  ///
  /// @return whether the front-end ended it without having broken a rule
  public boolean serve() {
    try {
      while (socket.receive()) {
        handle();
      }
      return true;
    } catch (ProtocolViolation e) {
      LOG.log(System.Logger.Level.WARNING, "{0}: connection ended: {1}", name, e.getMessage());
      return false;
    } finally {
      handler.close();
      synchronized (socket) {
        ended = true;
        socket.close();
      }
    }
  }

  /// Ends the connection from another thread; [#serve()] returns soon.
  public void shutdown() {
    synchronized (socket) {
      if (!ended) {
        socket.shutdown();
      }
    }
  }

  private void handle() throws ProtocolViolation {
    FrontEndMessage message = FrontEndMessage.of(socket.request());
    boolean replied = false;
    long result = 0;
    if (message == null) {
      LOG.log(System.Logger.Level.INFO, "{0}: message {1} is unknown", name, socket.request());
      result = 1;
    } else {
      message.check(handler.protocolFeatures(), socket.payloadBytes(), socket.fds().count());
      try {
        replied = handler.handle(message);
      } catch (ErrnoException e) {
        LOG.log(System.Logger.Level.WARNING, "{0}: {1} failed: {2}", name, message, e.getMessage());
        result = 1;
      }
    }
    if (!replied && socket.needReply() && handler.acknowledges()) {
      socket.sendValue(result);
    }
    handler.save(socket.request());
    socket.finish();
  }
}
