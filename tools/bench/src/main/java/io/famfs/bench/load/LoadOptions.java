package io.famfs.bench.load;

import java.nio.file.Path;

/// Which back-end, and how the driver before it is made.
///
/// @param socket where the back-end listens
/// @param file the file the load is put on, from the root of the file system
/// @param queues request queues, each driven by a thread
/// @param depth requests that are under way in each queue
/// @param limitMillis how long a back-end may take for anything
public record LoadOptions(Path socket, String file, int queues, int depth, int limitMillis) {
  /// The largest ring of QEMU.
  private static final int MAX_RING = 1024;

  private static final int MIN_RING = 128;
  private static final int MAX_QUEUES = 64;
  private static final int MAX_LIMIT_MILLIS = 3_600_000;

  /// @throws IllegalArgumentException with what is wrong
  public LoadOptions {
    if (queues < 1 || queues > MAX_QUEUES) {
      throw new IllegalArgumentException(queues + " queues: 1 to " + MAX_QUEUES);
    }
    if (depth < 1 || depth > MAX_RING / RequestSlot.CHAIN) {
      throw new IllegalArgumentException(
          "a depth of " + depth + ": 1 to " + MAX_RING / RequestSlot.CHAIN);
    }
    if (limitMillis < 1 || limitMillis > MAX_LIMIT_MILLIS) {
      throw new IllegalArgumentException("a limit of " + limitMillis + " ms");
    }
  }

  int ringSize() {
    int needed = Integer.highestOneBit(Math.max(1, depth * RequestSlot.CHAIN - 1)) * 2;
    return Math.clamp(needed, MIN_RING, MAX_RING);
  }
}
