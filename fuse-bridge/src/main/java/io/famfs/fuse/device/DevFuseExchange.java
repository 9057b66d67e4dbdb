package io.famfs.fuse.device;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.FmapOut;
import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.DeferredReply;
import io.famfs.fuse.server.Exchange;
import io.famfs.os.Fd;
import io.famfs.os.Io;
import io.famfs.os.IoVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// A request read from `/dev/fuse` as a whole, and its reply. What is appended is only noted and
/// goes from where it lies into the kernel when the reply is written.
final class DevFuseExchange extends Exchange {
  private static final int MAX_DATA_BYTES = MountOptions.MAX_READ_BYTES;

  /// The kernel wants room for the largest WRITE and its header (`FUSE_MIN_READ_BUFFER` and up).
  private static final int REQUEST_BYTES = MAX_DATA_BYTES + 64 * 1024;

  private static final int REPLY_BYTES = 64 * 1024;

  /// Entries of the vector: the header, a run for each page of the largest READ, the spill.
  private static final int VECTOR_ENTRIES = 1 + MAX_DATA_BYTES / 4096 + 1;

  private static final int SPILL_ENTRY = VECTOR_ENTRIES - 1;

  private static final int PAGE_BYTES = 4096;

  private final IoVector vector = new IoVector(VECTOR_ENTRIES);
  private @Nullable MemorySegment spill;
  private int spillEntry = SPILL_ENTRY;
  private int spillBytes;

  private final DeferredReply later;
  private final boolean survived;
  private int touched;

  /// @param later sends replies that are ready when the worker has gone on
  /// @param survived whether the kernel's requests outlive this process: then it must not find a
  ///   page missing while it takes a reply, for in a process that is being killed it gets none, and
  ///   answers EIO (`fuse_dev_do_write`, `fatal_signal_pending` in `mm/gup.c`)
  DevFuseExchange(DeferredReply later, boolean survived) {
    super(REQUEST_BYTES, REPLY_BYTES);
    this.later = later;
    this.survived = survived;
  }

  /// A reply names its request, so nothing has to be kept.
  @Override
  protected DeferredReply defer() {
    return later;
  }

  /// Reads the next request.
  ///
  /// @return its length, or a negative errno: -ENOENT and -EAGAIN when there was none after all,
  ///   -ENODEV when the mount is gone
  int readFrom(Fd fd) {
    long length = Io.read(fd, in(), 0, REQUEST_BYTES);
    if (length >= 0) {
      begin((int) length, (int) length, REPLY_HEADER_BYTES + room((int) length));
      vector.clear();
      spillEntry = SPILL_ENTRY;
      spillBytes = 0;
    }
    return (int) length;
  }

  /// Bytes that the kernel takes at most for the body of a reply.
  private int room(int length) {
    boolean fmap = length >= InHeader.BYTES && InHeader.opcode(in(), 0) == Opcode.GET_FMAP;
    return fmap ? FmapOut.MAX_BYTES : MAX_DATA_BYTES;
  }

  /// Writes the reply, if there is one.
  ///
  /// @return 0 or more, or a negative errno: -ENOENT when nobody waits for the reply any more
  int writeTo(Fd fd) {
    if (replyLength() == 0) {
      return 0;
    }
    if (appendedBytes() == 0) {
      return (int) Io.write(fd, out(), 0, replyLength());
    }
    vector.set(0, out(), 0, REPLY_HEADER_BYTES);
    long written = Io.writev(fd, vector);
    if (written != -Errno.EFAULT) {
      return (int) written;
    }
    // Appended memory has gone. Linux has then answered EIO by itself, older ones may still wait.
    failReply(Errno.EIO);
    return (int) Io.write(fd, out(), 0, replyLength());
  }

  @Override
  protected void rewound() {
    vector.clear();
    spillBytes = 0;
  }

  @Override
  public int copyIn(int requestOffset, MemorySegment dst, long dstOffset, int length) {
    if (requestOffset < 0 || length < 0 || length > inLength() - requestOffset) {
      return -Errno.EINVAL;
    }
    try {
      MemorySegment.copy(in(), requestOffset, dst, dstOffset, length);
      return 0;
    } catch (InternalError e) {
      return -Errno.EIO;
    }
  }

  @Override
  public int append(MemorySegment src, long srcOffset, int length) {
    if (length < 0 || length > appendRoom()) {
      return -Errno.EINVAL;
    }
    int entry = Math.max(1, vector.count());
    if (entry < spillEntry && spillBytes == 0) {
      if (survived && !touch(src, srcOffset, length)) {
        return -Errno.EIO;
      }
      vector.set(entry, src, srcOffset, length);
      appended(length);
      return 0;
    }
    return gathered(src, srcOffset, length);
  }

  /// Makes the pages of a range present.
  ///
  /// @return false when one has gone
  private boolean touch(MemorySegment src, long offset, int length) {
    try {
      int sum = 0;
      for (long at = offset; at < offset + length; at += PAGE_BYTES) {
        sum += src.get(ValueLayout.JAVA_BYTE, at);
      }
      touched = sum + (length > 0 ? src.get(ValueLayout.JAVA_BYTE, offset + length - 1) : 0);
      return true;
    } catch (InternalError e) {
      return false;
    }
  }

  /// What the last pages held that were touched: keeps their loads from being left out.
  int touched() {
    return touched;
  }

  @Override
  public int appendCopy(MemorySegment src, long srcOffset, int length) {
    if (length < 0 || length > appendRoom()) {
      return -Errno.EINVAL;
    }
    if (spillBytes == 0) {
      spillEntry = Math.clamp(vector.count(), 1, SPILL_ENTRY);
    }
    return gathered(src, srcOffset, length);
  }

  private int gathered(MemorySegment src, long srcOffset, int length) {
    try {
      appendToSpill(src, srcOffset, length);
    } catch (InternalError e) {
      return -Errno.EIO;
    }
    appended(length);
    return 0;
  }

  /// Gathers data by copying: what may change before the reply has gone, and data in more runs than
  /// the vector has entries, of a map with tiny chunks.
  private void appendToSpill(MemorySegment src, long srcOffset, int length) {
    MemorySegment gathered = spill;
    if (gathered == null) {
      gathered = Arena.ofAuto().allocate(MAX_DATA_BYTES);
      spill = gathered;
    }
    MemorySegment.copy(src, srcOffset, gathered, spillBytes, length);
    spillBytes += length;
    vector.set(spillEntry, gathered, 0, spillBytes);
  }
}
