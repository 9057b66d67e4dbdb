package io.famfs.store.alloc;

/// Where the free units of a [UnitBitmap] are: a binary tree over blocks of units. Every node knows
/// the longest run of free units in its part of the device, and the runs at both ends of it. So the
/// lowest run of any length, also inside a range, is found by walking down once, however full and
/// however cut up the device is.
///
/// Cost: a search and a change touch a few blocks and one node per level (15 levels for 16 TiB in
/// units of 2 MiB), a change also the nodes below which all has changed. Memory: 48 bytes per
/// block, up to twice that when the number of blocks is no power of two. Not thread-safe.
final class FreeRuns {
  private static final int BLOCK_UNITS = 512;
  private static final int ROOT = 1;

  private final UnitBitmap bitmap;
  private final int blocks;

  // A node's children are 2n and 2n+1; the blocks are the nodes from `blocks` on.
  private final long[] longest;
  private final long[] leading;
  private final long[] trailing;

  // The search that is going on.
  private long wanted;
  private long from;
  private long to;

  /// Where the run of free units starts that ends where the search stands.
  private long runStart;

  FreeRuns(UnitBitmap bitmap) {
    this.bitmap = bitmap;
    long used = Math.max(1, (bitmap.units() + BLOCK_UNITS - 1) / BLOCK_UNITS);
    blocks = Math.toIntExact(Long.highestOneBit(used * 2 - 1));
    longest = new long[2 * blocks];
    leading = new long[2 * blocks];
    trailing = new long[2 * blocks];
    refresh(blocks, 2 * blocks - 1);
  }

  /// Length of the longest run.
  long longest() {
    return longest[ROOT];
  }

  /// Takes note that units of a range were taken or freed.
  void changed(long first, long count) {
    refresh(blocks + block(first), blocks + block(first + count - 1));
  }

  /// The lowest start of a run of `count` free units that lies in a range, -1 when there is none.
  long firstFit(long count, long rangeFrom, long rangeTo) {
    wanted = count;
    from = rangeFrom;
    to = rangeTo;
    runStart = rangeFrom;
    return search(ROOT, 0, (long) blocks * BLOCK_UNITS);
  }

  private static int block(long unit) {
    return (int) (unit / BLOCK_UNITS);
  }

  /// Measures blocks and everything above them.
  private void refresh(int firstNode, int lastNode) {
    for (int node = firstNode; node <= lastNode; node++) {
      measure(node);
    }
    long childUnits = BLOCK_UNITS;
    int low = firstNode / 2;
    int high = lastNode / 2;
    while (low >= ROOT) {
      for (int node = low; node <= high; node++) {
        join(node, childUnits);
      }
      low /= 2;
      high /= 2;
      childUnits *= 2;
    }
  }

  private void measure(int node) {
    long start = (long) (node - blocks) * BLOCK_UNITS;
    long blockEnd = start + BLOCK_UNITS;
    // What is behind the device counts as taken.
    long end = Math.min(blockEnd, bitmap.units());
    long most = 0;
    long last = 0;
    long at = bitmap.nextFree(start, end);
    leading[node] = 0;
    while (at < end) {
      long stop = bitmap.nextTaken(at, end);
      if (at == start) {
        leading[node] = stop - at;
      }
      most = Math.max(most, stop - at);
      last = stop == blockEnd ? stop - at : 0;
      at = bitmap.nextFree(stop, end);
    }
    longest[node] = most;
    trailing[node] = last;
  }

  private void join(int node, long childUnits) {
    int left = 2 * node;
    int right = left + 1;
    leading[node] = leading[left] == childUnits ? childUnits + leading[right] : leading[left];
    trailing[node] = trailing[right] == childUnits ? childUnits + trailing[left] : trailing[right];
    longest[node] =
        Math.max(Math.max(longest[left], longest[right]), trailing[left] + leading[right]);
  }

  /// Searches a node's part of the range. When there is nothing, the run start is up to date for
  /// what follows.
  private long search(int node, long start, long nodeUnits) {
    long end = start + nodeUnits;
    if (end <= from || start >= to) {
      return -1;
    }
    if (start >= from && end <= to) {
      if (start + leading[node] - runStart >= wanted) {
        return runStart;
      }
      if (longest[node] < wanted) {
        if (leading[node] < nodeUnits) {
          runStart = end - trailing[node];
        }
        return -1;
      }
    }
    if (node >= blocks) {
      return scan(Math.max(start, from), Math.min(end, to));
    }
    long found = search(2 * node, start, nodeUnits / 2);
    return found >= 0 ? found : search(2 * node + 1, start + nodeUnits / 2, nodeUnits / 2);
  }

  private long scan(long start, long end) {
    long at = start;
    while (at < end) {
      long stop = bitmap.nextTaken(at, end);
      if (stop - runStart >= wanted) {
        return runStart;
      }
      if (stop == end) {
        return -1;
      }
      at = bitmap.nextFree(stop, end);
      runStart = at;
    }
    return -1;
  }
}
