package io.famfs.virtio;

import io.famfs.core.Errno;
import java.lang.foreign.MemorySegment;

/// The buffers of one direction of a descriptor chain, seen as one run of bytes whatever their
/// number and lengths are (clause 2.7.4.1: a device makes no assumptions on framing).
///
/// Owned by one worker and reused; a cursor makes accesses with ascending offsets cheap.
public final class BufferList {
  private final long[] address;
  private final int[] length;
  private int count;
  private long totalBytes;
  private int cursorPiece;
  private long cursorOffset;

  BufferList(int capacity) {
    address = new long[capacity];
    length = new int[capacity];
  }

  void clear() {
    count = 0;
    totalBytes = 0;
    cursorPiece = 0;
    cursorOffset = 0;
  }

  /// Adds a buffer; `bytes` is an unsigned 32-bit length that [#wouldOverflow] has let pass.
  void add(long guestAddress, int bytes) {
    address[count] = guestAddress;
    length[count] = bytes;
    count++;
    totalBytes += bytes;
  }

  boolean wouldOverflow(long bytes) {
    return totalBytes + bytes > Integer.MAX_VALUE;
  }

  /// All bytes of the buffers.
  public int totalBytes() {
    return (int) totalBytes;
  }

  /// How many buffers there are.
  public int count() {
    return count;
  }

  /// A copy of the buffers that hold the first bytes, which stays when this list is used anew.
  public BufferList head(int bytes) {
    int pieces = 0;
    long covered = 0;
    while (pieces < count && covered < bytes) {
      covered += length[pieces++];
    }
    BufferList copy = new BufferList(pieces);
    for (int i = 0; i < pieces; i++) {
      copy.add(address[i], length[i]);
    }
    return copy;
  }

  /// Copies from the buffers, starting `offset` bytes into them.
  ///
  /// @return 0, -EINVAL when the range is not inside the buffers, or -EFAULT when a buffer is not
  ///   guest memory
  public int read(GuestMemory memory, long offset, MemorySegment dst, long dstOffset, int bytes) {
    if (!seek(offset, bytes)) {
      return -Errno.EINVAL;
    }
    int done = 0;
    int piece = cursorPiece;
    long inside = offset - cursorOffset;
    while (done < bytes) {
      int here = (int) Math.min(bytes - done, length[piece] - inside);
      int result = memory.read(address[piece] + inside, dst, dstOffset + done, here);
      if (result != 0) {
        return result;
      }
      done += here;
      inside = 0;
      piece++;
    }
    return 0;
  }

  /// How many of the first `bytes` bytes could be copied before a buffer that is not guest memory;
  /// copies them.
  public int readUntilFault(GuestMemory memory, MemorySegment dst, int bytes) {
    int done = 0;
    for (int piece = 0; piece < count && done < bytes; piece++) {
      int here = Math.min(bytes - done, length[piece]);
      if (memory.read(address[piece], dst, done, here) != 0) {
        return done;
      }
      done += here;
    }
    return done;
  }

  /// Copies into the buffers, starting `offset` bytes into them.
  ///
  /// @return as [#read]
  public int write(GuestMemory memory, long offset, MemorySegment src, long srcOffset, int bytes) {
    if (!seek(offset, bytes)) {
      return -Errno.EINVAL;
    }
    int done = 0;
    int piece = cursorPiece;
    long inside = offset - cursorOffset;
    while (done < bytes) {
      int here = (int) Math.min(bytes - done, length[piece] - inside);
      int result = memory.write(address[piece] + inside, src, srcOffset + done, here);
      if (result != 0) {
        return result;
      }
      done += here;
      inside = 0;
      piece++;
    }
    return 0;
  }

  /// Puts the cursor on the buffer that has `offset`; false when the range is not inside.
  private boolean seek(long offset, int bytes) {
    if (offset < 0 || bytes < 0 || offset > totalBytes - bytes) {
      return false;
    }
    if (offset < cursorOffset) {
      cursorPiece = 0;
      cursorOffset = 0;
    }
    while (cursorPiece < count && offset - cursorOffset >= length[cursorPiece]) {
      cursorOffset += length[cursorPiece];
      cursorPiece++;
    }
    return true;
  }
}
