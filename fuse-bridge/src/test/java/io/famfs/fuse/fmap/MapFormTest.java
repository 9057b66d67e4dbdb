package io.famfs.fuse.fmap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.store.extent.ExtentMap;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MapFormTest {
  private static final long MIB = ByteSize.MIB;
  private static final int RANDOM_MAPS = 2000;
  private static final int FMAP_SIZE_AT = 12;

  private static DeviceRange range(int device, long offset, long lengthBytes) {
    return new DeviceRange(device, offset, lengthBytes);
  }

  private static ExtentMap simple(DeviceRange... ranges) {
    return ExtentMap.compile(new Fmap.Simple(List.of(ranges)));
  }

  private static ExtentMap striped(long chunkBytes, DeviceRange... strips) {
    return ExtentMap.compile(new Fmap.Interleaved(chunkBytes, List.of(strips)));
  }

  private static byte[] message(ExtentMap map, long fileBytes, MapForm form) {
    return MapAnswer.of(map, fileBytes, form).bytes();
  }

  /// The header as it was recorded, with the length that the recorded server left out.
  private static byte[] recorded(String hex, int fmapBytes) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(FMAP_SIZE_AT, fmapBytes);
    return bytes;
  }

  @Test
  void messagesAreThoseTheReferenceSends() {
    assertArrayEquals(
        recorded(
            "00000100 00000000 01000000 00000000 00002000 00000000 00000000 00000000"
                + "00000000 00000000 00000000 00000000 00002000 00000000",
            56),
        message(simple(range(0, 0, 2 * MIB)), 2 * MIB, MapForm.AS_IT_IS));
    assertArrayEquals(
        recorded(
            "00000100 00000000 01000000 00000000 00008000 00000000 00000000 00000000"
                + "00000000 00000000 00002000 00000000 00008000 00000000",
            56),
        message(simple(range(0, 2 * MIB, 8 * MIB)), 8 * MIB, MapForm.AS_IT_IS));
    assertArrayEquals(
        recorded(
            "00000100 00000000 01000000 00000000 00004000 00000000 00000000 00000000"
                + "00000000 00000000 0000a000 00000000 00004000 00000000",
            56),
        message(simple(range(0, 10 * MIB, 4 * MIB)), 4 * MIB, MapForm.UNROLLED));
    assertArrayEquals(
        recorded(
            "00000100 00000000 01000000 00000000 00003000 00000000 00000000 00000000"
                + "00000000 00000000 0000e000 00000000 00004000 00000000",
            56),
        message(simple(range(0, 14 * MIB, 4 * MIB)), 3 * MIB, MapForm.AS_IT_IS));
    long gib = ByteSize.GIB;
    ExtentMap strips =
        striped(
            2 * MIB,
            range(0, gib, 22 * MIB),
            range(0, 2 * gib, 22 * MIB),
            range(0, 3 * gib, 22 * MIB));
    assertArrayEquals(
        recorded(
            "00000100 01000000 01000000 00000000 00000004 00000000 00000000 00000000"
                + "03000000 00002000 00000004 00000000 00000000 00000000"
                + "00000000 00000000 00000040 00000000 00006001 00000000"
                + "00000000 00000000 00000080 00000000 00006001 00000000"
                + "00000000 00000000 000000c0 00000000 00006001 00000000",
            128),
        message(strips, 64 * MIB, MapForm.AS_IT_IS));
  }

  @Test
  void chunksBecomeExtentsOfOnePowerOfTwo() {
    ExtentMap strips = striped(2 * MIB, range(0, 20 * MIB, 4 * MIB), range(1, 30 * MIB, 4 * MIB));
    Sent sent = Sent.of(message(strips, 5 * MIB + 1, MapForm.UNROLLED));
    assertEquals(
        List.of(
            range(0, 20 * MIB, 2 * MIB), range(1, 30 * MIB, 2 * MIB), range(0, 22 * MIB, 2 * MIB)),
        sent.ranges);
    assertEquals(5 * MIB + 1, sent.fileBytes);
    // A chunk of 6 MiB is three pieces, and the last of a chunk of 4 MiB is cut to what is needed.
    ExtentMap odd = striped(6 * MIB, range(0, 20 * MIB, 6 * MIB), range(0, 40 * MIB, 6 * MIB));
    assertEquals(
        List.of(
            range(0, 20 * MIB, 2 * MIB),
            range(0, 22 * MIB, 2 * MIB),
            range(0, 24 * MIB, 2 * MIB),
            range(0, 40 * MIB, 2 * MIB)),
        Sent.of(message(odd, 7 * MIB, MapForm.UNROLLED)).ranges);
    ExtentMap wide = striped(4 * MIB, range(0, 20 * MIB, 4 * MIB), range(0, 40 * MIB, 4 * MIB));
    assertEquals(
        List.of(range(0, 20 * MIB, 4 * MIB), range(0, 40 * MIB, 2 * MIB)),
        Sent.of(message(wide, 4 * MIB + 5, MapForm.UNROLLED)).ranges);
  }

  @Test
  void emptyFilesAndSingleStripsAreSimple() {
    ExtentMap strips = striped(2 * MIB, range(0, 20 * MIB, 2 * MIB), range(0, 30 * MIB, 2 * MIB));
    ExtentMap one = striped(2 * MIB, range(0, 20 * MIB, 6 * MIB));
    for (MapForm form : MapForm.values()) {
      Sent empty = Sent.of(message(strips, 0, form));
      assertEquals(0, empty.chunkBytes);
      assertEquals(List.of(range(0, 20 * MIB, 2 * MIB)), empty.ranges);
      Sent single = Sent.of(message(one, 5 * MIB, form));
      assertEquals(0, single.chunkBytes);
      assertEquals(List.of(range(0, 20 * MIB, 6 * MIB)), single.ranges);
    }
  }

  @Test
  void everyByteIsWhereTheFormatSaysIt() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < RANDOM_MAPS; i++) {
      Fmap fmap = randomMap(random);
      ExtentMap map = ExtentMap.compile(fmap);
      long fileBytes = random.nextLong(map.mappedBytes() + 1);
      String what = "seed " + seed + ", map " + i + ": " + fmap + ", " + fileBytes + " bytes";
      for (MapForm form : MapForm.values()) {
        byte[] bytes = message(map, fileBytes, form);
        assertEquals(form.messageBytes(map, fileBytes), bytes.length, what);
        Sent sent = Sent.of(bytes);
        assertEquals(bytes.length, sent.fmapBytes, what);
        for (int n = 0; n < 20 && fileBytes > 0; n++) {
          long at = n == 0 ? fileBytes - 1 : random.nextLong(fileBytes);
          assertEquals(place(fmap, at), sent.place(at), what + " at " + at);
        }
        if (form == MapForm.UNROLLED && fmap instanceof Fmap.Interleaved && fileBytes > 0) {
          requireUniform(sent, what);
        }
      }
    }
  }

  private static void requireUniform(Sent sent, String what) {
    long first = sent.ranges.getFirst().lengthBytes();
    assertEquals(0, sent.chunkBytes, what);
    for (int i = 0; i < sent.ranges.size() - 1 && sent.ranges.size() > 1; i++) {
      assertEquals(first, sent.ranges.get(i).lengthBytes(), what);
      assertEquals(1, Long.bitCount(first), what);
    }
    assertTrue(sent.ranges.getLast().lengthBytes() <= first, what);
    assertEquals(0, sent.ranges.getLast().lengthBytes() % Math.min(first, 2 * MIB), what);
  }

  private static Fmap randomMap(SplittableRandom random) {
    int count = 1 + random.nextInt(5);
    boolean interleaved = random.nextBoolean();
    long chunk = (1 + random.nextInt(6)) * (random.nextInt(4) == 0 ? 4096 : 2 * MIB);
    List<DeviceRange> ranges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // Apart from each other, in any order on the device.
      long offset = (16 + 100L * ((i * 3L) % count)) * MIB;
      ranges.add(range(random.nextInt(3), offset, (1L + random.nextInt(8)) * 2 * MIB));
    }
    return interleaved ? new Fmap.Interleaved(chunk, ranges) : new Fmap.Simple(ranges);
  }

  /// Where a byte of a file is, by the words of the format.
  private static String place(Fmap fmap, long fileOffset) {
    List<DeviceRange> ranges = fmap.ranges();
    if (fmap instanceof Fmap.Interleaved map) {
      long chunk = fileOffset / map.chunkBytes();
      DeviceRange strip = ranges.get((int) (chunk % ranges.size()));
      long inStrip = chunk / ranges.size() * map.chunkBytes() + fileOffset % map.chunkBytes();
      return strip.daxdevIndex() + ":" + (strip.offset() + inStrip);
    }
    long rest = fileOffset;
    for (DeviceRange range : ranges) {
      if (rest < range.lengthBytes()) {
        return range.daxdevIndex() + ":" + (range.offset() + rest);
      }
      rest -= range.lengthBytes();
    }
    return "nowhere";
  }

  /// A message taken apart by its description.
  private record Sent(int fmapBytes, long fileBytes, long chunkBytes, List<DeviceRange> ranges) {
    static Sent of(byte[] message) {
      ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
      boolean interleaved = in.getInt(4) == 1;
      int count = in.getInt(8);
      int at = 32;
      long chunk = 0;
      if (interleaved) {
        assertEquals(1, count);
        count = in.getInt(at);
        chunk = Integer.toUnsignedLong(in.getInt(at + 4));
        assertEquals(in.getLong(16), in.getLong(at + 8));
        at += 24;
      }
      List<DeviceRange> ranges = new ArrayList<>();
      for (int i = 0; i < count; i++, at += 24) {
        ranges.add(range(in.getInt(at), in.getLong(at + 8), in.getLong(at + 16)));
      }
      assertEquals(message.length, at);
      return new Sent(in.getInt(FMAP_SIZE_AT), in.getLong(16), chunk, ranges);
    }

    String place(long fileOffset) {
      return MapFormTest.place(
          chunkBytes == 0 ? new Fmap.Simple(ranges) : new Fmap.Interleaved(chunkBytes, ranges),
          fileOffset);
    }
  }
}
