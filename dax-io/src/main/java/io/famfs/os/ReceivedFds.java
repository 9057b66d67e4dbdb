package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The descriptors that came with a message. Reusable, belongs to the thread that receives.
///
/// It owns what it holds until [#take] hands it out. Descriptors beyond the number allowed are
/// closed before [UnixSocket#receive] returns and counted in [#excess()].
public final class ReceivedFds implements AutoCloseable {
  private final @Nullable Fd[] fds;
  private final MemorySegment message;
  private final MemorySegment vector;
  private final MemorySegment control;
  private int count;
  private int excess;
  private boolean truncated;

  /// @param allowed how many descriptors one message may bring, at most 253
  public ReceivedFds(int allowed) {
    // Room for all a message can carry: only so many can be told from too many.
    this(allowed, MessageLayout.MAX_FDS);
  }

  ReceivedFds(int allowed, int room) {
    if (allowed < 0 || allowed > MessageLayout.MAX_FDS) {
      throw new IllegalArgumentException("descriptors per message: " + allowed);
    }
    fds = new Fd[allowed];
    Arena arena = Arena.ofAuto();
    message = arena.allocate(MessageLayout.MESSAGE_BYTES, Long.BYTES);
    vector = arena.allocate(2L * Long.BYTES, Long.BYTES);
    control = arena.allocate(MessageLayout.controlSpace(room), Long.BYTES);
  }

  /// How many descriptors the last message brought and this holder accepted.
  public int count() {
    return count;
  }

  /// How many more it brought, which have been closed.
  public int excess() {
    return excess;
  }

  /// Whether the kernel dropped descriptors or other control data of the last message, for instance
  /// because this process has too many files open.
  public boolean truncated() {
    return truncated;
  }

  /// Hands out descriptor `index`; the caller owns it from now on.
  ///
  /// @throws IllegalStateException when it was taken before
  public Fd take(int index) {
    Objects.checkIndex(index, count);
    Fd fd = fds[index];
    if (fd == null) {
      throw new IllegalStateException("descriptor " + index + " was taken before");
    }
    fds[index] = null;
    return fd;
  }

  /// Closes whatever was not taken and forgets the message.
  public void closeRest() {
    for (int i = 0; i < count; i++) {
      Fd fd = fds[i];
      if (fd != null) {
        fd.close();
        fds[i] = null;
      }
    }
    count = 0;
    excess = 0;
    truncated = false;
  }

  @Override
  public void close() {
    closeRest();
  }

  /// Fills the message header for receiving `lengthBytes` at `address`.
  long prepare(long address, long lengthBytes) {
    closeRest();
    vector.set(JAVA_LONG, 0, address);
    vector.set(JAVA_LONG, Long.BYTES, lengthBytes);
    message.fill((byte) 0);
    control.fill((byte) 0);
    message.set(JAVA_LONG, MessageLayout.VECTOR, vector.address());
    message.set(JAVA_LONG, MessageLayout.VECTOR_COUNT, 1);
    message.set(JAVA_LONG, MessageLayout.CONTROL, control.address());
    message.set(JAVA_LONG, MessageLayout.CONTROL_BYTES, control.byteSize());
    return message.address();
  }

  /// Takes over the descriptors the kernel has put into the control memory.
  void collect() {
    truncated = (message.get(JAVA_INT, MessageLayout.FLAGS) & MessageLayout.MSG_CTRUNC) != 0;
    long end = Math.min(message.get(JAVA_LONG, MessageLayout.CONTROL_BYTES), control.byteSize());
    long at = 0;
    while (at + MessageLayout.CONTROL_FDS <= end) {
      long length = control.get(JAVA_LONG, at + MessageLayout.CONTROL_LENGTH);
      if (length < MessageLayout.CONTROL_FDS || length > end - at) {
        break;
      }
      if (control.get(JAVA_INT, at + MessageLayout.CONTROL_LEVEL) == MessageLayout.SOL_SOCKET
          && control.get(JAVA_INT, at + MessageLayout.CONTROL_TYPE) == MessageLayout.SCM_RIGHTS) {
        collect(at + MessageLayout.CONTROL_FDS, at + length);
      }
      at += (length + Long.BYTES - 1) & -Long.BYTES;
    }
  }

  private void collect(long from, long to) {
    for (long at = from; at + Integer.BYTES <= to; at += Integer.BYTES) {
      Fd fd = Fd.adopt(control.get(JAVA_INT, at));
      if (count < fds.length) {
        fds[count++] = fd;
      } else {
        fd.close();
        excess++;
      }
    }
  }
}
