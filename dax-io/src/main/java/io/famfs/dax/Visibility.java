package io.famfs.dax;

import io.famfs.os.CacheLines;
import io.famfs.os.ErrnoException;
import io.famfs.os.MemoryMap;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// How stores into a mapping reach its other users, and theirs us. Without lines and storage a
/// fence is all it takes.
///
/// @param lines whether cache lines are moved
/// @param vanishing whether the memory can go away; lines are moved only after looking then
/// @param storage whether there is storage that pages have to be written to
record Visibility(boolean lines, boolean vanishing, boolean storage) {
  /// Every user has the same pages and one coherent cache, and nothing is durable.
  static final Visibility FENCE = new Visibility(false, false, false);

  /// So little that a file is hardly cut between the look and the last line.
  private static final long LOOK_BYTES = 256 * 1024;

  void writeBack(MemoryMap map, long offset, long lengthBytes) {
    if (lines) {
      move(CacheLines::writeBack, map, offset, lengthBytes);
    } else {
      VarHandle.fullFence();
    }
    if (storage) {
      int result = map.sync(offset, lengthBytes);
      if (result < 0) {
        throw new UncheckedIOException(
            new ErrnoException(
                "write back " + lengthBytes + " bytes at " + offset + " of a file", -result));
      }
    }
  }

  void invalidate(MemoryMap map, long offset, long lengthBytes) {
    if (lines) {
      move(CacheLines::invalidate, map, offset, lengthBytes);
    } else {
      VarHandle.fullFence();
    }
  }

  private interface Mover {
    void move(MemorySegment segment, long offset, long lengthBytes);
  }

  private void move(Mover mover, MemoryMap map, long offset, long lengthBytes) {
    long step = vanishing ? LOOK_BYTES : lengthBytes;
    for (long done = 0; done < lengthBytes; done += step) {
      long length = Math.min(step, lengthBytes - done);
      if (vanishing) {
        look(map, offset + done, length);
      }
      mover.move(map.segment(), offset + done, length);
    }
  }

  /// Makes sure that the memory is there, because native code cannot be told that it is not.
  private static void look(MemoryMap map, long offset, long lengthBytes) {
    int result = map.populate(offset, lengthBytes);
    if (result < 0) {
      // What a load from there throws.
      throw new InternalError(
          new ErrnoException("touch " + lengthBytes + " bytes at " + offset, -result).getMessage());
    }
  }
}
