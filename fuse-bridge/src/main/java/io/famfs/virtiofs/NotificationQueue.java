package io.famfs.virtiofs;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Notification;
import io.famfs.fuse.server.NotificationChannel;
import io.famfs.os.EventFd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// The messages for one guest that wait for a buffer of its notification queue (virtio 1.3, clause
/// 5.11.6.4). FUSE takes their delivery for reliable, so none is dropped: a guest that leaves the
/// queue without buffers until the messages do not fit any more has to be reset.
///
/// Any thread sends; only the queue's worker takes out.
final class NotificationQueue implements NotificationChannel {
  /// What the guest has to provide in each buffer: `notify_buf_size`.
  static final int BUFFER_BYTES = Notification.MAX_BYTES;

  /// Most bytes of messages that wait.
  static final int MAX_BYTES = 1 << 20;

  /// What a message costs beside its bytes.
  static final int OVERHEAD_BYTES = 64;

  private final Runnable overrun;
  private final Queue<MemorySegment> messages = new ArrayDeque<>();
  private @Nullable EventFd worker;
  private int bytes;
  private boolean closed;

  /// @param overrun called once when the messages do not fit, by the thread that sends
  NotificationQueue(Runnable overrun) {
    this.overrun = overrun;
  }

  @Override
  public int send(MemorySegment message, int lengthBytes) {
    synchronized (this) {
      if (closed) {
        return -Errno.ENODEV;
      }
      if (bytes + lengthBytes + OVERHEAD_BYTES <= MAX_BYTES) {
        bytes += lengthBytes + OVERHEAD_BYTES;
        messages.add(
            Arena.ofAuto().allocate(lengthBytes).copyFrom(message.asSlice(0, lengthBytes)));
        EventFd wake = worker;
        if (wake != null) {
          wake.signal();
        }
        return lengthBytes;
      }
      closed = true;
      clear();
    }
    overrun.run();
    return -Errno.ENODEV;
  }

  private void clear() {
    messages.clear();
    bytes = 0;
  }

  synchronized boolean isEmpty() {
    return messages.isEmpty();
  }

  /// The message that waits for the longest time; null when there is none.
  synchronized @Nullable MemorySegment first() {
    return messages.peek();
  }

  /// A message has been delivered. It may have been dropped meanwhile.
  synchronized void delivered(MemorySegment message) {
    if (message.equals(messages.peek())) {
      messages.remove();
      bytes -= (int) message.byteSize() + OVERHEAD_BYTES;
    }
  }

  /// The worker of the queue has started, or ended when null.
  synchronized void attach(@Nullable EventFd wake) {
    worker = wake;
  }

  /// The guest has reset the device: it begins anew.
  synchronized void reset() {
    clear();
    closed = false;
  }
}
