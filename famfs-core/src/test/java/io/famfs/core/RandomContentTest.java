package io.famfs.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RandomContentTest {
  private static final HexFormat HEX = HexFormat.of();

  private static byte[] content(long seed, int size) {
    byte[] bytes = new byte[size];
    RandomContent.of(seed).fill(MemorySegment.ofArray(bytes), 0, size);
    return bytes;
  }

  @Test
  void contentIsTheReferences() throws IOException, NoSuchAlgorithmException {
    JsonNode vectors;
    try (InputStream json =
        RandomContentTest.class.getClassLoader().getResourceAsStream("golden/randomizer.json")) {
      vectors = new ObjectMapper().readTree(Objects.requireNonNull(json)).get("vectors");
    }
    assertEquals(9, vectors.size());
    for (JsonNode vector : vectors) {
      int size = vector.get("size").intValue();
      byte[] bytes = content(vector.get("seed").longValue(), size);
      String sha = HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      assertEquals(vector.get("sha256").textValue(), sha, vector::toString);
      assertEquals(
          vector.get("first16").textValue(), HEX.formatHex(bytes, 0, 16), vector::toString);
      assertEquals(
          vector.get("last8").textValue(), HEX.formatHex(bytes, size - 8, size), vector::toString);
    }
  }

  @Test
  void theReferencesSeedsHaveThirtyTwoBits() {
    byte[] bytes = new byte[100];
    RandomContent.ofLowHalf(0x1234_5678_0000_002AL).fill(MemorySegment.ofArray(bytes), 0, 100);
    assertArrayEquals(content(42, 100), bytes);
    assertThrows(IllegalArgumentException.class, () -> RandomContent.ofLowHalf(1L << 32));
    assertThrows(IllegalArgumentException.class, () -> RandomContent.of(0));
  }

  @Test
  void allSixtyFourBitsOfASeedCount() {
    byte[] plain = content(42, 64);
    for (int bit = 0; bit < 64; bit++) {
      byte[] other = content(42 ^ 1L << bit, 64);
      assertFalse(Arrays.equals(plain, other), "bit " + bit);
    }
  }

  @Test
  void piecesContinueEachOther() {
    long seed = System.nanoTime() | 1;
    SplittableRandom random = new SplittableRandom(seed);
    byte[] whole = content(7, 4099);
    byte[] pieces = new byte[4099];
    RandomContent stream = RandomContent.of(7);
    RandomContent checker = RandomContent.of(7);
    MemorySegment memory = MemorySegment.ofArray(pieces);
    int at = 0;
    while (at < pieces.length) {
      int length = Math.min(random.nextInt(30) * RandomContent.GROUP_BYTES, pieces.length - at);
      stream.fill(memory, at, length);
      assertEquals(-1, checker.firstDifference(memory, at, length), "seed " + seed + " at " + at);
      at += length;
    }
    assertArrayEquals(whole, pieces, "seed " + seed);
    assertEquals(4099, stream.position());
    assertThrows(IllegalStateException.class, () -> stream.fill(memory, 0, 1));
    assertThrows(IllegalStateException.class, () -> checker.firstDifference(memory, 0, 1));
  }

  @Test
  void everyTailIsTheBeginningOfTheStream() {
    byte[] longest = content(5, 40);
    for (int size = 0; size <= 40; size++) {
      byte[] bytes = content(5, size);
      assertArrayEquals(Arrays.copyOf(longest, size), bytes);
      assertEquals(-1, RandomContent.of(5).firstDifference(MemorySegment.ofArray(bytes), 0, size));
    }
  }

  @Test
  void aChangedByteIsFoundInItsGroup() {
    int size = 43;
    byte[] bytes = content(9, size);
    MemorySegment memory = MemorySegment.ofArray(bytes);
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (bytes[i] ^ 1);
      long expected = i & -RandomContent.GROUP_BYTES;
      assertEquals(expected, RandomContent.of(9).firstDifference(memory, 0, size), "byte " + i);
      RandomContent later = RandomContent.of(9);
      long first = later.firstDifference(memory, 0, 20);
      assertEquals(i < 20 ? expected : -1, first, "byte " + i);
      if (first < 0) {
        assertEquals(expected, later.firstDifference(memory, 20, size - 20), "byte " + i);
      }
      bytes[i] = (byte) (bytes[i] ^ 1);
    }
  }

  @Test
  void nothingOutsideTheRangeIsTouched() {
    byte[] bytes = new byte[64];
    MemorySegment memory = MemorySegment.ofArray(bytes);
    RandomContent.of(3).fill(memory, 10, 21);
    for (int i = 0; i < bytes.length; i++) {
      if (i < 10 || i >= 31) {
        assertEquals(0, bytes[i], "byte " + i);
      }
    }
    RandomContent stream = RandomContent.of(3);
    assertThrows(IndexOutOfBoundsException.class, () -> stream.fill(memory, 60, 8));
    assertEquals(0, stream.position());
  }
}
