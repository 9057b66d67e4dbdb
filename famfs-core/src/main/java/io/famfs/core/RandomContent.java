package io.famfs.core;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The content that `creat --randomize` gives a file and `verify` expects: a stream of bytes that
/// the seed alone determines, the same in every implementation of famfs.
///
/// The stream is a sequence of groups of four bytes. A group holds, little-endian, the low 32 bits
/// of one step of a generator of the xoroshiro128+ family (rotations 55, 14, 36) whose state two
/// steps of splitmix64 make from the seed; where content ends inside a group it has the first bytes
/// of it.
///
/// A generator only moves on: each call takes the bytes that follow those of the call before. Used
/// by one thread; nothing is allocated after construction.
public final class RandomContent {
  /// Bytes that one step gives.
  public static final int GROUP_BYTES = 4;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long LOW_HALF = 0xffffffffL;
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private long s0;
  private long s1;
  private long position;

  private RandomContent(long seed) {
    if (seed == 0) {
      throw new IllegalArgumentException("the seed 0 stands for no content");
    }
    s0 = splitMix(seed + GAMMA);
    s1 = splitMix(seed + GAMMA + GAMMA);
  }

  /// The stream of a seed as the reference implementation takes it: only its low 32 bits count.
  ///
  /// @throws IllegalArgumentException when they are zero
  public static RandomContent ofLowHalf(long seed) {
    return new RandomContent(seed & LOW_HALF);
  }

  /// The stream of a seed of 64 bits. Below 2^32 it is the stream of [#ofLowHalf].
  ///
  /// @throws IllegalArgumentException when the seed is 0
  public static RandomContent of(long seed) {
    return new RandomContent(seed);
  }

  /// How many bytes have been taken.
  public long position() {
    return position;
  }

  /// Writes the next bytes of the stream.
  ///
  /// @param lengthBytes a multiple of [#GROUP_BYTES], or the call is the last one
  /// @throws IllegalStateException when an earlier call ended inside a group
  public void fill(MemorySegment target, long offset, long lengthBytes) {
    MemorySegment bytes = next(target, offset, lengthBytes);
    long a = s0;
    long b = s1;
    long at = 0;
    // Two groups at a time: half the bounds checks and half the stores.
    for (; at <= lengthBytes - Long.BYTES; at += Long.BYTES) {
      long low = (a + b) & LOW_HALF;
      long t = a ^ b;
      a = Long.rotateLeft(a, 55) ^ t ^ (t << 14);
      b = Long.rotateLeft(t, 36);
      bytes.set(LONG, at, low | (a + b) << 32);
      t = a ^ b;
      a = Long.rotateLeft(a, 55) ^ t ^ (t << 14);
      b = Long.rotateLeft(t, 36);
    }
    s0 = a;
    s1 = b;
    for (; at <= lengthBytes - GROUP_BYTES; at += GROUP_BYTES) {
      bytes.set(INT, at, step());
    }
    if (at < lengthBytes) {
      int tail = step();
      for (; at < lengthBytes; at++) {
        bytes.set(ValueLayout.JAVA_BYTE, at, (byte) tail);
        tail >>>= Byte.SIZE;
      }
    }
  }

  /// Compares the next bytes of the stream with what stands in memory.
  ///
  /// @param lengthBytes a multiple of [#GROUP_BYTES], or the call is the last one
  /// @return where the first group that differs begins, counted from the start of the stream; -1
  ///   when none does. After a difference the generator is of no further use
  /// @throws IllegalStateException when an earlier call ended inside a group
  public long firstDifference(MemorySegment found, long offset, long lengthBytes) {
    long start = position;
    MemorySegment bytes = next(found, offset, lengthBytes);
    long a = s0;
    long b = s1;
    long at = 0;
    for (; at <= lengthBytes - Long.BYTES; at += Long.BYTES) {
      long low = (a + b) & LOW_HALF;
      long t = a ^ b;
      a = Long.rotateLeft(a, 55) ^ t ^ (t << 14);
      b = Long.rotateLeft(t, 36);
      long difference = bytes.get(LONG, at) ^ (low | (a + b) << 32);
      if (difference != 0) {
        return start + at + ((difference & LOW_HALF) == 0 ? GROUP_BYTES : 0);
      }
      t = a ^ b;
      a = Long.rotateLeft(a, 55) ^ t ^ (t << 14);
      b = Long.rotateLeft(t, 36);
    }
    s0 = a;
    s1 = b;
    for (; at < lengthBytes; at += GROUP_BYTES) {
      int expected = step();
      for (long i = at; i < Math.min(at + GROUP_BYTES, lengthBytes); i++) {
        if (bytes.get(ValueLayout.JAVA_BYTE, i) != (byte) expected) {
          return start + at;
        }
        expected >>>= Byte.SIZE;
      }
    }
    return -1;
  }

  private MemorySegment next(MemorySegment segment, long offset, long lengthBytes) {
    MemorySegment bytes = segment.asSlice(offset, lengthBytes);
    if (position % GROUP_BYTES != 0) {
      throw new IllegalStateException(
          "the stream ended inside a group, after " + position + " bytes");
    }
    position += lengthBytes;
    return bytes;
  }

  private int step() {
    int result = (int) (s0 + s1);
    long t = s0 ^ s1;
    s0 = Long.rotateLeft(s0, 55) ^ t ^ (t << 14);
    s1 = Long.rotateLeft(t, 36);
    return result;
  }

  private static long splitMix(long state) {
    long z = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
