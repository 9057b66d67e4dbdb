package io.famfs.dax;

import io.famfs.os.CacheLines;
import io.famfs.os.ErrnoException;
import io.famfs.os.MemoryMap;
import java.io.UncheckedIOException;
import java.lang.invoke.VarHandle;

/// How stores into a mapping reach its other users, and theirs us.
enum Visibility {
  /// All users share the same pages in one coherent machine and nothing is durable.
  FENCE {
    @Override
    void writeBack(MemoryMap map, long offset, long lengthBytes) {
      VarHandle.fullFence();
    }

    @Override
    void invalidate(MemoryMap map, long offset, long lengthBytes) {
      VarHandle.fullFence();
    }
  },

  /// Pages of a file that has storage behind it.
  PAGES {
    @Override
    void writeBack(MemoryMap map, long offset, long lengthBytes) {
      VarHandle.fullFence();
      int result = map.sync(offset, lengthBytes);
      if (result < 0) {
        throw new UncheckedIOException(
            new ErrnoException(
                "write back " + lengthBytes + " bytes at " + offset + " of a file", -result));
      }
    }

    @Override
    void invalidate(MemoryMap map, long offset, long lengthBytes) {
      VarHandle.fullFence();
    }
  },

  /// Device memory that other hosts may see without coherence, and that may be persistent.
  CACHE_LINES {
    @Override
    void writeBack(MemoryMap map, long offset, long lengthBytes) {
      CacheLines.writeBack(map.segment(), offset, lengthBytes);
    }

    @Override
    void invalidate(MemoryMap map, long offset, long lengthBytes) {
      CacheLines.invalidate(map.segment(), offset, lengthBytes);
    }
  };

  abstract void writeBack(MemoryMap map, long offset, long lengthBytes);

  abstract void invalidate(MemoryMap map, long offset, long lengthBytes);
}
