package io.famfs.bench.load;

import io.famfs.os.UnixSocket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A virtio-fs device as its front-end has it: connected, negotiated, with running rings.
final class FrontEnd implements AutoCloseable {
  private static final long VERSION_1 = 1L << 32;
  private static final long PROTOCOL_FEATURES = 1L << 30;
  private static final long EVENT_IDX = 1L << 29;
  private static final long INDIRECT_DESC = 1L << 28;

  private static final long MQ = 1;
  private static final long REPLY_ACK = 1L << 3;
  private static final long BACKEND_REQ = 1L << 5;
  private static final long BACKEND_SEND_FD = 1L << 10;
  private static final long CONFIG = 1L << 9;
  private static final long SHMEM = 1L << 22;
  private static final long WINDOW = REPLY_ACK | BACKEND_REQ | BACKEND_SEND_FD | SHMEM;

  private static final int SHMEM_SIZES = 8;
  private static final int SHMEM_BYTES = SHMEM_SIZES + 256 * Long.BYTES;

  private final FrontEndSocket socket;
  private final GuestRam ram;
  private final List<DriverRing> rings = new ArrayList<>();
  private final int peer;
  private final boolean indirect;
  private @Nullable WindowEnd window;

  /// Connects and starts the high-priority queue and `requestQueues` others.
  ///
  /// @throws IOException when the back-end is not there, has fewer queues, or breaks the protocol
  FrontEnd(LoadOptions options, GuestRam ram) throws IOException {
    this.ram = ram;
    socket = new FrontEndSocket(options.socket(), options.limitMillis());
    boolean done = false;
    try {
      peer = socket.peer();
      socket.tell(FrontEndSocket.SET_OWNER, 0);
      long offered = socket.askU64(FrontEndSocket.GET_FEATURES);
      if ((offered & (VERSION_1 | PROTOCOL_FEATURES)) != (VERSION_1 | PROTOCOL_FEATURES)) {
        throw new LoadException("features 0x" + Long.toHexString(offered) + " are no virtio 1");
      }
      long features = offered & (VERSION_1 | PROTOCOL_FEATURES | EVENT_IDX | INDIRECT_DESC);
      indirect = (features & INDIRECT_DESC) != 0;
      negotiate(options.queues());
      socket.tellU64(FrontEndSocket.SET_FEATURES, features);
      tellMemory();
      for (int i = 0; i <= options.queues(); i++) {
        rings.add(new DriverRing(ram, options.ringSize(), (features & EVENT_IDX) != 0));
        start(i);
      }
      done = true;
    } finally {
      if (!done) {
        close();
      }
    }
  }

  private void negotiate(int queues) throws IOException {
    long offered = socket.askU64(FrontEndSocket.GET_PROTOCOL_FEATURES);
    boolean windowed = (offered & WINDOW) == WINDOW;
    long wanted = offered & (MQ | REPLY_ACK | (windowed ? WINDOW | CONFIG : 0));
    socket.tellU64(FrontEndSocket.SET_PROTOCOL_FEATURES, wanted);
    socket.acknowledged((wanted & REPLY_ACK) != 0);
    long there = (wanted & MQ) != 0 ? socket.askU64(FrontEndSocket.GET_QUEUE_NUM) : 2;
    if (there < 1L + queues) {
      throw new LoadException("the back-end has " + (there - 1) + " request queues");
    }
    if (windowed) {
      openWindow();
    }
  }

  private void openWindow() throws IOException {
    int bytes = socket.ask(FrontEndSocket.GET_SHMEM_CONFIG, 0);
    long size = bytes == SHMEM_BYTES ? socket.payload().get(FrontEndSocket.U64, SHMEM_SIZES) : 0;
    if (size <= 0) {
      return;
    }
    UnixSocket[] pair = UnixSocket.pair();
    window = new WindowEnd(pair[0], size);
    try (UnixSocket theirs = pair[1]) {
      socket.tell(FrontEndSocket.SET_BACKEND_REQ_FD, 0, theirs.fd());
    }
  }

  private void tellMemory() throws LoadException {
    MemorySegment table = socket.payload();
    long[] words = {1, 0, ram.sizeBytes(), ram.userAddress(), 0};
    for (int i = 0; i < words.length; i++) {
      table.set(FrontEndSocket.U64, (long) i * Long.BYTES, words[i]);
    }
    socket.tell(FrontEndSocket.SET_MEM_TABLE, words.length * Long.BYTES, ram.fd());
  }

  private void start(int index) throws LoadException {
    DriverRing ring = rings.get(index);
    socket.tellState(FrontEndSocket.SET_VRING_NUM, index, ring.num());
    socket.tellState(FrontEndSocket.SET_VRING_BASE, index, 0);
    MemorySegment addresses = socket.payload();
    addresses.set(FrontEndSocket.U32, 0, index);
    addresses.set(FrontEndSocket.U32, 4, 0);
    addresses.set(FrontEndSocket.U64, 8, ram.userAddress() + ring.descriptorTable());
    addresses.set(FrontEndSocket.U64, 16, ram.userAddress() + ring.usedRing());
    addresses.set(FrontEndSocket.U64, 24, ram.userAddress() + ring.availRing());
    addresses.set(FrontEndSocket.U64, 32, 0);
    socket.tell(FrontEndSocket.SET_VRING_ADDR, 5 * Long.BYTES);
    socket.tellU64(FrontEndSocket.SET_VRING_CALL, index, ring.call().fd());
    socket.tellU64(FrontEndSocket.SET_VRING_KICK, index, ring.kick().fd());
    socket.tellState(FrontEndSocket.SET_VRING_ENABLE, index, 1);
  }

  /// The process behind the socket, 0 when it cannot be seen.
  int peer() {
    return peer;
  }

  /// The window, where the device has one.
  @Nullable WindowEnd window() {
    return window;
  }

  boolean indirect() {
    return indirect;
  }

  /// A request queue, from 0 on.
  DriverRing requestRing(int queue) {
    return rings.get(1 + queue);
  }

  /// Hangs up, as a virtual machine does that is killed.
  @Override
  public void close() {
    socket.close();
    WindowEnd open = window;
    if (open != null) {
      open.close();
    }
    rings.forEach(DriverRing::close);
  }
}
