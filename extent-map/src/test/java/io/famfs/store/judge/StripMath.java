package io.famfs.store.judge;

import io.famfs.store.judge.Verdict.Extent;
import java.math.BigInteger;
import java.util.List;

/// The formulas for maps, section 4 of the document, in numbers that cannot overflow.
final class StripMath {
  private static final BigInteger UNIT = BigInteger.valueOf(2 << 20);

  private StripMath() {}

  static BigInteger sum(List<Extent> extents) {
    return extents.stream()
        .map(extent -> BigInteger.valueOf(extent.length()))
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  /// Whether every byte of the file has a place on its strip.
  static boolean holds(List<Extent> strips, long chunk, long size) {
    if (size == 0) {
      return true;
    }
    long lastChunk = (size - 1) / chunk;
    long lastStrip = lastChunk % strips.size();
    long lastStripe = lastChunk / strips.size();
    for (int i = 0; i < strips.size(); i++) {
      BigInteger wholeStripes = BigInteger.valueOf(i < lastStrip ? lastStripe + 1 : lastStripe);
      BigInteger needed = wholeStripes.multiply(BigInteger.valueOf(chunk));
      if (i == lastStrip) {
        needed = needed.add(BigInteger.valueOf((size - 1) % chunk + 1));
      }
      if (needed.compareTo(BigInteger.valueOf(strips.get(i).length())) > 0) {
        return false;
      }
    }
    return true;
  }

  /// Whether every strip is `ceil(ceil(size/2MiB) / (n*c/2MiB)) * c` long.
  static boolean usualLengths(List<Extent> strips, long chunk, long size) {
    BigInteger units = ceil(BigInteger.valueOf(size), UNIT);
    BigInteger stripe = BigInteger.valueOf(chunk).multiply(BigInteger.valueOf(strips.size()));
    if (stripe.compareTo(UNIT) < 0) {
      return false;
    }
    BigInteger length = ceil(units, stripe.divide(UNIT)).multiply(BigInteger.valueOf(chunk));
    return strips.stream().allMatch(strip -> BigInteger.valueOf(strip.length()).equals(length));
  }

  private static BigInteger ceil(BigInteger value, BigInteger divisor) {
    return value.add(divisor).subtract(BigInteger.ONE).divide(divisor);
  }
}
