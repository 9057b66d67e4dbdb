package io.famfs.bench.load;

import io.famfs.core.Errno;
import io.famfs.os.AddressWindow;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Io;
import io.famfs.os.ReceivedFds;
import io.famfs.os.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The DAX window of a front-end: takes the messages of the back-end channel and does what they
/// say, by mmap(2) into addresses of this process.
final class WindowEnd implements AutoCloseable {
  private static final int SHMEM_MAP = 9;
  private static final int SHMEM_UNMAP = 10;
  private static final int MAP_BYTES = 40;
  private static final int OBJECT_BYTES = 16;
  private static final int REPLY = 5;
  private static final int NEED_REPLY = 8;
  private static final long END_LIMIT_MILLIS = 10_000;

  private final UnixSocket socket;
  private final AddressWindow window;
  private final Thread thread;
  private volatile @Nullable Fd lastFile;
  private volatile long lastFileOffset;

  WindowEnd(UnixSocket socket, long sizeBytes) throws ErrnoException {
    this.socket = socket;
    window = AddressWindow.reserve(sizeBytes);
    thread = Thread.ofPlatform().daemon(true).name("window").start(this::run);
  }

  /// What the window shows.
  MemorySegment memory() {
    return window.segment();
  }

  /// The file that was mapped last; it stays the window's.
  @Nullable Fd lastFile() {
    return lastFile;
  }

  /// Where in that file the last map begins.
  long lastFileOffset() {
    return lastFileOffset;
  }

  private void run() {
    MemorySegment buffer = Arena.ofAuto().allocate(FrontEndSocket.HEADER_BYTES + MAP_BYTES, 8);
    try (ReceivedFds fds = new ReceivedFds(1)) {
      while (receive(buffer, fds)) {
        long result = handle(buffer.get(FrontEndSocket.U32, 0), buffer, fds);
        if ((buffer.get(FrontEndSocket.U32, 4) & NEED_REPLY) == 0) {
          continue;
        }
        buffer.set(FrontEndSocket.U32, 4, REPLY);
        buffer.set(FrontEndSocket.U32, 8, Long.BYTES);
        buffer.set(FrontEndSocket.U64, FrontEndSocket.HEADER_BYTES, result);
        int bytes = FrontEndSocket.HEADER_BYTES + Long.BYTES;
        if (socket.send(buffer, 0, bytes) != bytes) {
          return;
        }
      }
    }
  }

  /// Takes a message; one that is against the protocol ends the channel.
  private boolean receive(MemorySegment buffer, ReceivedFds fds) {
    int header = FrontEndSocket.HEADER_BYTES;
    if (socket.receive(buffer, 0, header, fds) != header) {
      return false;
    }
    int size = buffer.get(FrontEndSocket.U32, 8);
    return (size == MAP_BYTES || size == OBJECT_BYTES)
        && Io.read(socket.fd(), buffer, header, size) == size;
  }

  private long handle(int id, MemorySegment buffer, ReceivedFds fds) {
    boolean map = id == SHMEM_MAP && fds.count() == 1;
    if (!map && id != SHMEM_UNMAP) {
      return 1;
    }
    long fileOffset = buffer.get(FrontEndSocket.U64, 20);
    long at = buffer.get(FrontEndSocket.U64, 28);
    long length = buffer.get(FrontEndSocket.U64, 36);
    return -(map ? map(fds.take(0), fileOffset, at, length) : window.unmap(at, length));
  }

  private int map(Fd file, long fileOffset, long at, long length) {
    Fd before = lastFile;
    int result = fileOffset < 0 ? -Errno.EINVAL : window.map(at, length, file, fileOffset);
    lastFileOffset = fileOffset;
    lastFile = file;
    if (before != null) {
      before.close();
    }
    return result;
  }

  @Override
  public void close() {
    socket.shutdown();
    try {
      thread.join(END_LIMIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    socket.close();
    Fd last = lastFile;
    if (last != null) {
      last.close();
    }
    if (!thread.isAlive()) {
      window.close();
    }
  }
}
