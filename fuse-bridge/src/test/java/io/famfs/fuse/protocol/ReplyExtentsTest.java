package io.famfs.fuse.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.protocol.ReplyExtents.Decoded;
import io.famfs.fuse.protocol.ReplyExtents.Extent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReplyExtentsTest {
  private static final int AT = 5;
  private static final int MUTATIONS = 50_000;

  private static MemorySegment message(int count, int flags, long fileBytes, Extent... extents) {
    int bytes = ReplyExtents.HEADER_BYTES + extents.length * ReplyExtents.EXTENT_BYTES;
    MemorySegment message = MemorySegment.ofArray(new byte[AT + bytes]);
    ReplyExtents.header(message, AT, count, flags, fileBytes);
    for (int i = 0; i < extents.length; i++) {
      Extent extent = extents[i];
      ReplyExtents.extent(
          message, AT, i, extent.backingId(), extent.offset(), extent.lengthBytes());
    }
    return message;
  }

  private static Decoded decode(MemorySegment message) {
    return ReplyExtents.decode(message, AT, message.byteSize());
  }

  private static void requireRefused(MemorySegment message) {
    assertThrows(IllegalArgumentException.class, () -> decode(message));
  }

  @Test
  void bytesLieWhereTheDocumentSays() {
    Extent extent = new Extent(3, 0x1122_3344_5566L, 0x20_0000);
    MemorySegment message = message(1, 0, 0x1f_ffff, extent);
    String hex = "01000000 00000000 ffff1f00 00000000 03000000 00000000 66554433 22110000";
    byte[] expected = HexFormat.of().parseHex(hex.replace(" ", "") + "0000200000000000");
    assertArrayEquals(expected, message.asSlice(AT).toArray(ValueLayout.JAVA_BYTE));
    assertEquals(new Decoded(1, 0, 0x1f_ffff, List.of(extent)), decode(message));
    ReplyExtents.reverse(message, AT, message.byteSize());
    hex = "00000001 00000000 00000000 001fffff 00000003 00000000 00001122 33445566";
    expected = HexFormat.of().parseHex(hex.replace(" ", "") + "0000000000200000");
    assertArrayEquals(expected, message.asSlice(AT).toArray(ValueLayout.JAVA_BYTE));
  }

  @Test
  void aListWithoutExtentsSaysWhy() {
    assertEquals(
        new Decoded(9000, ReplyExtents.TRUNCATED, 77, List.of()),
        decode(message(9000, ReplyExtents.TRUNCATED, 77)));
    assertEquals(
        new Decoded(0, ReplyExtents.NOT_FINAL, 77, List.of()),
        decode(message(0, ReplyExtents.NOT_FINAL, 77)));
    assertEquals(new Decoded(0, 0, 0, List.of()), decode(message(0, 0, 0)));
  }

  @Test
  void whatCannotBeIsRefused() {
    Extent good = new Extent(0, 4096, 4096);
    requireRefused(message(2, 0, 1, good));
    requireRefused(message(0, 0, 1, good));
    requireRefused(message(1, ReplyExtents.TRUNCATED, 1, good));
    requireRefused(message(-1, 0, 1));
    requireRefused(message(-1, ReplyExtents.TRUNCATED, 1));
    requireRefused(message(1, 8, 1));
    requireRefused(message(1, ReplyExtents.BAD_MEMORY, 1, good));
    requireRefused(message(1, 0, -1, good));
    requireRefused(message(1, 0, 4097, good));
    requireRefused(message(1, 0, 1, new Extent(-1, 4096, 4096)));
    requireRefused(message(1, 0, 1, new Extent(0, -1, 4096)));
    requireRefused(message(1, 0, 1, new Extent(0, 1, Long.MAX_VALUE)));
    requireRefused(message(1, 0, 0, new Extent(0, 1, 0)));
    MemorySegment whole = message(1, 0, 1, good);
    for (long length = 0; length < whole.byteSize() - AT; length++) {
      long end = AT + length;
      assertThrows(
          IllegalArgumentException.class,
          () -> ReplyExtents.decode(whole, AT, end),
          "at " + length);
    }
    Extent half = new Extent(0, 0, Long.MAX_VALUE / 2 + 1);
    assertEquals(2, decode(message(2, 0, Long.MAX_VALUE, half, half)).extents().size());
  }

  @Test
  void anyBytesAreAListOrRefused() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    Extent extent = new Extent(1, 4096, 8192);
    int lists = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      MemorySegment message = message(2, 0, 10_000, extent, extent);
      for (int n = random.nextInt(3); n >= 0; n--) {
        long at = AT + random.nextLong(message.byteSize() - AT);
        message.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
      }
      try {
        Decoded list = decode(message);
        long mapped = list.extents().stream().mapToLong(Extent::lengthBytes).sum();
        boolean whole = list.extents().isEmpty() || mapped < 0 || mapped >= list.fileBytes();
        assertTrue(whole, "seed " + seed + ", list " + i);
        lists++;
      } catch (IllegalArgumentException e) {
        assertTrue(String.valueOf(e.getMessage()).length() > 10, "seed " + seed + ", list " + i);
      }
    }
    assertTrue(lists > 0, "seed " + seed);
  }
}
