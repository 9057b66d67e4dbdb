package io.famfs.os.handover;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Memfd;
import io.famfs.os.MemoryMap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Memory that a server leaves to its successor: a file without a path, mapped. What is written
/// there by plain stores is there when the process has been killed.
///
/// Its first page says what it is; [#take] hands out the rest in the order of the calls, which is
/// the same in every process that knows this layout.
///
/// ```
///  0  u64 magic
///  8  u64 layout: a number for what is in it and how
/// ```
public final class StateMemory implements AutoCloseable {
  private static final long MAGIC = 0x6661_6d66_7374_6f31L;
  private static final int LAYOUT = 8;
  private static final int PAGE_BYTES = 4096;

  private final Fd fd;
  private final MemoryMap map;
  private long taken = PAGE_BYTES;

  private StateMemory(Fd fd, MemoryMap map) {
    this.fd = fd;
    this.map = map;
  }

  /// New memory, zeros.
  ///
  /// @param name shows in `/proc` only
  /// @param bytes what is going to be taken of it, each part rounded up to 4 KiB
  public static StateMemory create(String name, long layout, long bytes) throws ErrnoException {
    Fd fd = Memfd.create(name, PAGE_BYTES + bytes);
    StateMemory made = map(fd, PAGE_BYTES + bytes);
    made.map.segment().set(ValueLayout.JAVA_LONG, LAYOUT, layout);
    made.map.segment().set(ValueLayout.JAVA_LONG, 0, MAGIC);
    return made;
  }

  /// The memory of a process before; takes over the descriptor.
  ///
  /// @throws ErrnoException when it is another layout or has another size: nothing can be taken
  ///   over then
  public static StateMemory adopt(Fd fd, long layout, long bytes) throws ErrnoException {
    long size = fd.sizeBytes();
    if (size != PAGE_BYTES + bytes) {
      fd.close();
      throw mismatch("it has " + size + " bytes, not " + (PAGE_BYTES + bytes));
    }
    StateMemory found = map(fd, size);
    MemorySegment head = found.map.segment();
    long magic = head.get(ValueLayout.JAVA_LONG, 0);
    long known = head.get(ValueLayout.JAVA_LONG, LAYOUT);
    if (magic != MAGIC || known != layout) {
      found.close();
      throw mismatch("it has layout " + known + ", not " + layout);
    }
    return found;
  }

  private static ErrnoException mismatch(String why) {
    return new ErrnoException("take over the state of another process", 22, why);
  }

  private static StateMemory map(Fd fd, long bytes) throws ErrnoException {
    try {
      return new StateMemory(fd, MemoryMap.map(fd, 0, bytes, MemoryMap.Access.READ_WRITE));
    } catch (ErrnoException e) {
      fd.close();
      throw e;
    }
  }

  /// What a part of so many bytes takes.
  public static long roundedUp(long bytes) {
    return (bytes + PAGE_BYTES - 1) & -PAGE_BYTES;
  }

  /// The next part.
  public MemorySegment take(long bytes) {
    MemorySegment part = map.segment().asSlice(taken, bytes);
    taken += roundedUp(bytes);
    return part;
  }

  /// The file, to leave it to somebody.
  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    map.close();
    fd.close();
  }
}
