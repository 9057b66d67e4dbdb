package io.famfs.os;

import io.famfs.core.Errno;
import io.famfs.os.libc.Descriptors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A pipe in front of a socket, through which a message is sent so that a process that is killed
/// leaves no doubt: what is in the pipe has not been sent, what is not has. One `splice(2)` moves
/// all of a short message.
public final class ReplyPipe implements AutoCloseable {
  /// Most bytes of a message: what a pipe takes whole or not at all.
  public static final int MAX_BYTES = 4096;

  private static final int SPLICE_F_NONBLOCK = 2;

  private final Fd readEnd;
  private final Fd writeEnd;
  private final Poller unread = new Poller(1);

  private ReplyPipe(Fd readEnd, Fd writeEnd) {
    this.readEnd = readEnd;
    this.writeEnd = writeEnd;
    unread.add(readEnd, Poller.POLLIN);
  }

  /// A new, empty one.
  public static ReplyPipe create() throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment fds = arena.allocate(2L * Integer.BYTES, Integer.BYTES);
      int result = Descriptors.pipe(fds.address(), Fd.O_CLOEXEC | Fd.O_NONBLOCK);
      ErrnoException.check(result, "create", "pipe");
      return new ReplyPipe(
          Fd.adopt(fds.get(ValueLayout.JAVA_INT, 0)),
          Fd.adopt(fds.get(ValueLayout.JAVA_INT, Integer.BYTES)));
    }
  }

  /// The pipe of another process, with what it has left there.
  public static ReplyPipe adopt(Fd readEnd, Fd writeEnd) {
    return new ReplyPipe(readEnd, writeEnd);
  }

  /// Where messages come out.
  public Fd readEnd() {
    return readEnd;
  }

  /// Where messages go in.
  public Fd writeEnd() {
    return writeEnd;
  }

  /// Whether a message waits.
  public boolean isFull() {
    return unread.await(0) > 0 && unread.readable(0);
  }

  /// Puts a message in; there must be none.
  ///
  /// @return `lengthBytes` or the negated error number
  public int put(MemorySegment message, int lengthBytes) {
    return lengthBytes > MAX_BYTES
        ? -Errno.EINVAL
        : (int) Io.write(writeEnd, message, 0, lengthBytes);
  }

  /// Sends all that waits, as much as there is.
  ///
  /// @return 0 or the negated error number
  public int send(Fd socket) {
    while (isFull()) {
      long result =
          Descriptors.splice(readEnd.value(), socket.value(), MAX_BYTES, SPLICE_F_NONBLOCK);
      if (result == -Errno.EAGAIN) {
        Poller room = new Poller(1);
        room.add(socket, Poller.POLLOUT);
        result = room.await(-1);
      }
      if (result < 0 && result != -Errno.EINTR) {
        return (int) result;
      }
    }
    return 0;
  }

  @Override
  public void close() {
    readEnd.close();
    writeEnd.close();
  }
}
