package io.famfs.e2e.fmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The stand-in says of maps what kernels of three generations were seen to say of them.
class KernelMapTest {
  private static final int OK = 0;
  private static final int EIO = 5;
  private static final int EINVAL = 22;
  private static final int ERANGE = 34;
  private static final long MIB = 1 << 20;
  private static final long UNIT = 2 << 20;

  private static int errno(Generation generation, byte[] message) {
    try {
      KernelMap.take(generation, message);
      return OK;
    } catch (Refused e) {
      return e.errno();
    }
  }

  private static void require(String what, byte[] message, int g10, int g11, int g12) {
    assertEquals(
        List.of(g10, g11, g12),
        Arrays.stream(Generation.values()).map(g -> errno(g, message)).toList(),
        what);
  }

  private static ByteBuffer little(byte[] message) {
    return ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Writes a header; what follows goes to the position of the result.
  private static ByteBuffer header(byte[] message, int type, int count, long fileBytes) {
    return little(message)
        .put((byte) 0)
        .put((byte) 0)
        .putShort((short) 1)
        .putInt(type)
        .putInt(count)
        .putInt(0)
        .putLong(fileBytes)
        .putLong(0);
  }

  private static byte[] simple(long fileBytes, long... extents) {
    byte[] message = new byte[32 + extents.length * 8];
    ByteBuffer out = header(message, 0, extents.length / 3, fileBytes);
    for (int i = 0; i < extents.length; i += 3) {
      out.putInt((int) extents[i]).putInt(0).putLong(extents[i + 1]).putLong(extents[i + 2]);
    }
    return message;
  }

  private static byte[] many(int count) {
    long[] extents = new long[3 * count];
    for (int i = 0; i < count; i++) {
      extents[3 * i + 1] = i * UNIT;
      extents[3 * i + 2] = UNIT;
    }
    return simple(count * UNIT, extents);
  }

  private static byte[] strips(long fileBytes, long nbytes, long chunk, long... lengths) {
    byte[] message = new byte[56 + lengths.length * 24];
    ByteBuffer out = header(message, 1, 1, fileBytes);
    out.putInt(lengths.length).putInt((int) chunk).putLong(nbytes).putLong(0);
    for (int i = 0; i < lengths.length; i++) {
      out.putInt(0).putInt(0).putLong((1L + i) * 64 * MIB).putLong(lengths[i]);
    }
    return message;
  }

  private static byte[] with(byte[] message, int at, int value) {
    byte[] changed = message.clone();
    little(changed).putInt(at, value);
    return changed;
  }

  @Test
  void simpleMapsAreCheckedAsWasMeasured() {
    byte[] one = simple(UNIT, 0, 0, UNIT);
    require("one extent", one, OK, OK, OK);
    require("size 1000", simple(1000, 0, 0, UNIT), OK, OK, OK);
    require("type 2", with(one, 4, 2), EINVAL, EINVAL, EINVAL);
    require("version 9, file type 7", with(one, 0, 0x0009_0007), OK, OK, OK);
    require("none", simple(0), ERANGE, ERANGE, ERANGE);
    require("32", many(32), OK, OK, OK);
    require("33", many(33), ERANGE, OK, OK);
    require("nothing", new byte[0], EINVAL, EIO, EIO);
    require("31 bytes", Arrays.copyOf(one, 31), EINVAL, EIO, EIO);
    require("a byte short", Arrays.copyOf(one, 55), EINVAL, EINVAL, EINVAL);
    require("8 bytes more", Arrays.copyOf(one, 64), OK, OK, OK);
    require("offset of a page", simple(UNIT, 0, 4096, UNIT), EINVAL, EINVAL, OK);
    require("length of a page", simple(4096, 0, 0, 4096), EINVAL, EINVAL, OK);
    require("offset of a sector", simple(UNIT, 0, 512, UNIT), EINVAL, EINVAL, EINVAL);
    require("device 1", simple(UNIT, 1, 0, UNIT), EINVAL, EINVAL, OK);
    require("device 64", simple(UNIT, 64, 0, UNIT), EINVAL, EINVAL, EINVAL);
    require("too short", simple(UNIT + 1, 0, 0, UNIT), EINVAL, EINVAL, EINVAL);
    require("far behind the device", simple(UNIT, 0, 1L << 50, UNIT), OK, OK, OK);
    require("no bytes", simple(0, 0, 0, UNIT), OK, OK, OK);
    require("no bytes, no length", simple(0, 0, 0, 0), OK, OK, OK);
    require("300", many(300), EIO, OK, OK);
    require("two devices", simple(2 * UNIT, 0, 0, UNIT, 1, 0, UNIT), EINVAL, EINVAL, OK);
    require("device 63", simple(UNIT, 63, 0, UNIT), EINVAL, EINVAL, OK);
    long half = 1L << 62;
    require("a sum that wraps", simple(0, 0, 0, half, 0, 0, half), OK, OK, EINVAL);
    require("an end that wraps", simple(UNIT, 0, half, half), OK, OK, EINVAL);
    require("a size below 0", simple(-UNIT, 0, 0, -UNIT), OK, OK, EINVAL);
  }

  @Test
  void interleavedMapsAreCheckedAsWasMeasured() {
    require("chunk 2 MiB", strips(4 * MIB, 4 * MIB, UNIT, UNIT, UNIT), OK, EINVAL, OK);
    require("chunk 4 KiB", strips(8192, 8192, 4096, UNIT, UNIT), EINVAL, EINVAL, OK);
    long wide = 2 * UNIT;
    require("chunk 4 MiB", strips(8 * MIB, 8 * MIB, wide, wide, wide), OK, EINVAL, EINVAL);
    require("nbytes 0", strips(0, 0, UNIT, UNIT, UNIT), EINVAL, EINVAL, EINVAL);
    require("no strips", strips(0, UNIT, UNIT), EINVAL, EINVAL, EINVAL);
    long[] lengths = new long[33];
    Arrays.fill(lengths, UNIT);
    require("33 strips", strips(UNIT, UNIT, UNIT, lengths), EINVAL, EINVAL, EINVAL);
    require(
        "a strip too short", strips(8 * MIB, 8 * MIB, UNIT, 3 * UNIT, UNIT), OK, EINVAL, EINVAL);
    require("nbytes too small", strips(4 * MIB, UNIT, UNIT, UNIT, UNIT), OK, EINVAL, EINVAL);
    require("nbytes below 0", strips(UNIT, -UNIT, UNIT, UNIT, UNIT), OK, EINVAL, EINVAL);
    byte[] twice = with(strips(8 * MIB, 4 * MIB, UNIT, UNIT, UNIT), 8, 2);
    byte[] second = Arrays.copyOfRange(twice, 32, twice.length);
    twice = Arrays.copyOf(twice, twice.length + second.length);
    System.arraycopy(second, 0, twice, twice.length - second.length, second.length);
    require("two in a row", twice, OK, EINVAL, OK);
    require("second one missing", Arrays.copyOf(twice, 104), EINVAL, EINVAL, EINVAL);
    byte[] apart = with(strips(4 * MIB, 4 * MIB, UNIT, UNIT, UNIT), 80, 1);
    require("strips on two devices", apart, EINVAL, EINVAL, OK);
    byte[] whole = strips(4 * MIB, 4 * MIB, UNIT, UNIT, UNIT);
    require("cut", Arrays.copyOf(whole, 103), EINVAL, EINVAL, EINVAL);
  }

  private static KernelMap recorded(String hex) throws Refused {
    return KernelMap.take(Generation.G12, HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @Test
  void recordedMessagesAreTaken() throws Refused {
    KernelMap superblock =
        recorded(
            "00000100 00000000 01000000 00000000 00002000 00000000 00000000 00000000"
                + "00000000 00000000 00000000 00000000 00002000 00000000");
    assertEquals(UNIT, superblock.fileBytes);
    assertEquals(new KernelMap.Run(0, 77, UNIT - 77), superblock.resolve(77));
    KernelMap striped =
        recorded(
            "00000100 01000000 01000000 00000000 00000004 00000000 00000000 00000000"
                + "03000000 00002000 00000004 00000000 00000000 00000000"
                + "00000000 00000000 00000040 00000000 00006001 00000000"
                + "00000000 00000000 00000080 00000000 00006001 00000000"
                + "00000000 00000000 000000c0 00000000 00006001 00000000");
    assertEquals(64 * MIB, striped.fileBytes);
    // The fifth chunk is the second of the second strip.
    assertEquals(
        new KernelMap.Run(0, 0x8000_0000L + UNIT + 5, UNIT - 5), striped.resolve(4 * UNIT + 5));
    try {
      striped.resolve(64 * MIB);
      fail("there is nothing behind the end");
    } catch (Refused e) {
      assertEquals(EIO, e.errno());
    }
  }
}
