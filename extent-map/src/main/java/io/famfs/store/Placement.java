package io.famfs.store;

import java.util.concurrent.ThreadLocalRandom;

/// How the space of a new file is laid out.
///
/// Either way every run starts and ends on an allocation unit and lies wholly on one device.
public sealed interface Placement {

  /// One contiguous run, the lowest that is long enough, on the first device that has one.
  static Placement contiguous() {
    return Contiguous.INSTANCE;
  }

  /// Round robin over strips. A file smaller than one chunk is placed contiguously.
  ///
  /// @param chunkBytes bytes in a strip before the next strip continues: a power of two and a
  ///   multiple of the allocation unit
  /// @param strips number of strips, 1 to 16
  /// @param buckets into how many equal ranges the primary device is divided, each of which takes
  ///   at most one strip: `strips` to 64, every one of at least 1 GiB. 0: every device of the
  ///   volume takes at most one strip
  /// @param seed decides the order in which buckets (or devices) are tried
  static Placement interleaved(long chunkBytes, int strips, int buckets, long seed) {
    return new Interleaved(chunkBytes, strips, buckets, seed);
  }

  /// The same in a random order, so that no bucket (or device) is preferred.
  static Placement interleaved(long chunkBytes, int strips, int buckets) {
    return new Interleaved(chunkBytes, strips, buckets, ThreadLocalRandom.current().nextLong());
  }

  /// One contiguous run.
  record Contiguous() implements Placement {
    private static final Contiguous INSTANCE = new Contiguous();
  }

  /// Round robin over strips; any numbers, they are checked when space is asked for.
  ///
  /// @param chunkBytes bytes in a strip before the next strip continues
  /// @param strips number of strips
  /// @param buckets number of ranges of the primary device; 0: over the devices
  /// @param seed decides the order
  record Interleaved(long chunkBytes, int strips, int buckets, long seed) implements Placement {}
}
