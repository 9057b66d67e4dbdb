package io.famfs.store.alloc;

import java.util.stream.IntStream;

/// An order of the numbers below a bound that follows from a seed alone, the same in every release:
/// the numbers are sorted by the outputs of SplitMix64, which all differ.
final class SeededOrder {
  // Constants of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final long MIX_1 = 0xBF58476D1CE4E5B9L;
  private static final long MIX_2 = 0x94D049BB133111EBL;

  private SeededOrder() {}

  static int[] of(int bound, long seed) {
    return IntStream.range(0, bound)
        .boxed()
        .sorted((a, b) -> Long.compareUnsigned(output(seed, a), output(seed, b)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /// The output number `i` of the generator.
  private static long output(long seed, int i) {
    long z = seed + (i + 1) * GAMMA;
    z = (z ^ (z >>> 30)) * MIX_1;
    z = (z ^ (z >>> 27)) * MIX_2;
    return z ^ (z >>> 31);
  }
}
