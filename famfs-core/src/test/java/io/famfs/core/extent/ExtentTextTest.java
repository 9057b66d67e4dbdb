package io.famfs.core.extent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ExtentTextTest {
  private static final String STRIPED =
      """
      famfs-extents 1
      size 11534353
      interleaved 2097152
      device 0 d99e127a-5f0c-4c9b-9d5d-3f7f1f0c1a2b
      device 3 00000000-0000-0000-0000-00000000000a
      range 0 20971520 4194304
      range 3 31457280 4194304
      range 0 25165824 4194304
      """;
  private static final String ONE =
      """
      famfs-extents 1
      size 0
      simple
      device 0 d99e127a-5f0c-4c9b-9d5d-3f7f1f0c1a2b
      range 0 20971520 2097152
      """;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void aTextIsReadAsItIsMeant() throws ParseException {
    ExtentList list = ExtentText.decode(ascii(STRIPED));
    UUID first = UUID.fromString("d99e127a-5f0c-4c9b-9d5d-3f7f1f0c1a2b");
    assertEquals(11_534_353, list.sizeBytes());
    assertEquals(2_097_152, list.chunkBytes());
    assertEquals(Map.of(0, first, 3, new UUID(0, 10)), list.devices());
    assertEquals(
        List.of(
            new DeviceRange(0, 20_971_520, 4_194_304),
            new DeviceRange(3, 31_457_280, 4_194_304),
            new DeviceRange(0, 25_165_824, 4_194_304)),
        list.map().ranges());
    assertEquals(new UUID(0, 10), list.device(list.map().ranges().get(1)));
    assertEquals(0, ExtentText.decode(ascii(ONE)).chunkBytes());
  }

  @Test
  void randomListsComeBack() throws ParseException {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    int longest = 0;
    for (int i = 0; i < 20_000; i++) {
      ExtentList list = random(random);
      String text = ExtentText.encode(list);
      longest = Math.max(longest, text.length());
      assertEquals(list, ExtentText.decode(ascii(text)), () -> "seed " + seed);
    }
    int most = longest;
    assertTrue(longest <= ExtentText.MAX_BYTES, () -> "seed " + seed + ", " + most + " bytes");
  }

  private static ExtentList random(SplittableRandom random) {
    List<DeviceRange> ranges = new ArrayList<>();
    TreeMap<Integer, UUID> devices = new TreeMap<>();
    int count = random.nextInt(1, Fmap.MAX_RANGES + 1);
    int bits = random.nextInt(1, 63);
    for (int i = 0; i < count; i++) {
      int device = random.nextInt(128);
      long offset = random.nextLong(1L << bits);
      ranges.add(new DeviceRange(device, offset, 1 + random.nextLong(Long.MAX_VALUE - offset)));
      devices.put(device, new UUID(random.nextLong(), random.nextLong()));
    }
    Fmap map =
        random.nextBoolean()
            ? new Fmap.Simple(ranges)
            : new Fmap.Interleaved(1 + random.nextLong(1L << bits), ranges);
    long size = Math.min(FmapCapacity.bytes(map), random.nextLong(Long.MAX_VALUE));
    return new ExtentList(size, map, devices);
  }

  @Test
  void theLongestTextFits() throws ParseException {
    List<DeviceRange> ranges = new ArrayList<>();
    TreeMap<Integer, UUID> devices = new TreeMap<>();
    for (int i = 0; i < Fmap.MAX_RANGES; i++) {
      int device = 127 - i;
      ranges.add(new DeviceRange(device, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2));
      devices.put(device, new UUID(-1, -1));
    }
    Fmap map = new Fmap.Interleaved(Long.MAX_VALUE / 2, ranges);
    ExtentList list = new ExtentList(FmapCapacity.bytes(map), map, devices);
    assertEquals(list, ExtentText.decode(ascii(ExtentText.encode(list))));
  }

  @Test
  void everyOtherTextIsRefused() {
    for (String good : List.of(STRIPED, ONE)) {
      for (int at = 0; at < good.length(); at++) {
        refused(good.substring(0, at));
        if (!Character.isDigit(good.charAt(at))) {
          refused(good.substring(0, at) + good.substring(at + 1));
        }
        refused(good.substring(0, at) + " " + good.substring(at));
        refused(good.substring(0, at) + "\u00e9" + good.substring(at));
      }
      refused(good + "\n");
      refused(good + "range 0 1 2");
      refused(good.replace("size ", "size +"));
      refused(good.replace("size ", "size 0"));
      refused(good.replace("size ", "size -"));
      refused(good.replace("\n", "\r\n"));
      refused(good.replace("d99e", "D99E"));
      refused(good.replace("famfs-extents 1", "famfs-extents 2"));
    }
  }

  private static void refused(String text) {
    assertThrows(ParseException.class, () -> ExtentText.decode(ascii(text)), text);
  }

  @Test
  void whatCannotBeIsNamed() {
    because("11534353 bytes", STRIPED.replace("4194304", "2097152"));
    because("17 ranges", ONE + "range 0 20971520 2097152\n".repeat(16));
    because("0 ranges", ONE.replaceAll("range.*\n", ""));
    because("chunks of 0", STRIPED.replace("interleaved 2097152", "interleaved 0"));
    because("device 3 has no uuid", STRIPED.replaceAll("device 3.*\n", ""));
    because("device 1 is not used", ONE.replace("range", "device 1 " + new UUID(1, 2) + "\nrange"));
    because("device 128", ONE.replace("e 0 ", "e 128 "));
    because("a range of 0 bytes", ONE.replace(" 2097152\n", " 0\n"));
    because("a range of", ONE.replace(" 2097152\n", " " + Long.MAX_VALUE + "\n"));
    because("not a number", ONE.replace(" 2097152\n", " 9223372036854775808\n"));
    because("bytes of text", ONE + " ".repeat(ExtentText.MAX_BYTES));
    ParseException e = refusal(ONE.replace("simple", "curly"));
    assertEquals(ONE.indexOf("simple"), e.getErrorOffset());
    assertEquals("extents, byte 23: not a line of 'simple' and 0 fields", e.getMessage());
  }

  private static ParseException refusal(String text) {
    return assertThrows(ParseException.class, () -> ExtentText.decode(ascii(text)), text);
  }

  private static void because(String words, String text) {
    String message = String.valueOf(refusal(text).getMessage());
    assertTrue(message.contains(words), message);
  }
}
