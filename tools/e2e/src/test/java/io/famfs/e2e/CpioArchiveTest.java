package io.famfs.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CpioArchiveTest {
  /// An entry as a reader of the format sees it; the numbers in the order of the header.
  @SuppressWarnings("ArrayRecordComponent")
  record Entry(String name, long[] numbers, byte[] content) {
    int mode() {
      return (int) numbers[1];
    }
  }

  /// A reader written from the format's description, not from the writer.
  static List<Entry> parse(byte[] archive) {
    List<Entry> entries = new ArrayList<>();
    int at = 0;
    while (true) {
      assertEquals("070701", text(archive, at, 6));
      long[] numbers = new long[13];
      for (int i = 0; i < 13; i++) {
        numbers[i] = Long.parseLong(text(archive, at + 6 + 8 * i, 8), 16);
      }
      int nameLength = (int) numbers[11];
      String name = text(archive, at + 110, nameLength - 1);
      assertEquals(0, archive[at + 110 + nameLength - 1]);
      int content = (at + 110 + nameLength + 3) & ~3;
      int end = content + (int) numbers[6];
      if (name.equals("TRAILER!!!")) {
        assertEquals(archive.length, content);
        return entries;
      }
      entries.add(new Entry(name, numbers, Arrays.copyOfRange(archive, content, end)));
      at = (end + 3) & ~3;
    }
  }

  private static String text(byte[] bytes, int from, int length) {
    return new String(bytes, from, length, StandardCharsets.UTF_8);
  }

  @Test
  void everyKindOfEntryIsReadBack() {
    CpioArchive archive = new CpioArchive();
    archive.characterDevice("/dev/console", 0600, 5, 1);
    archive.file("bin/tool", "12345".getBytes(StandardCharsets.UTF_8), 0755);
    archive.symbolicLink("bin/sh", "tool");
    List<Entry> entries = parse(archive.finish());
    assertEquals(
        List.of("dev", "dev/console", "bin", "bin/tool", "bin/sh"),
        entries.stream().map(Entry::name).toList());
    assertEquals(0040755, entries.get(0).mode());
    assertEquals(0020600, entries.get(1).mode());
    assertEquals(5, entries.get(1).numbers()[9]);
    assertEquals(1, entries.get(1).numbers()[10]);
    assertEquals(0100755, entries.get(3).mode());
    assertEquals("12345", new String(entries.get(3).content(), StandardCharsets.UTF_8));
    assertEquals(0120777, entries.get(4).mode());
    assertEquals("tool", new String(entries.get(4).content(), StandardCharsets.UTF_8));
  }

  @Test
  void parentsComeOnceAndBeforeTheirChildren() {
    CpioArchive archive = new CpioArchive();
    archive.file("/a/b/c/file", new byte[0], 0644);
    archive.file("/a/b/other", new byte[0], 0644);
    archive.directory("a/b");
    assertEquals(
        List.of("a", "a/b", "a/b/c", "a/b/c/file", "a/b/other"),
        parse(archive.finish()).stream().map(Entry::name).toList());
  }

  @Test
  void contentsOfAnyLengthKeepTheirBytes() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    CpioArchive archive = new CpioArchive();
    List<byte[]> contents = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      byte[] content = new byte[random.nextInt(40)];
      random.nextBytes(content);
      contents.add(content);
      archive.file("f" + "x".repeat(random.nextInt(9)) + i, content, 0600);
    }
    List<Entry> entries = parse(archive.finish());
    Set<Long> inodes = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      assertArrayEquals(contents.get(i), entries.get(i).content(), "seed " + seed);
      assertTrue(inodes.add(entries.get(i).numbers()[0]), "inode numbers differ, seed " + seed);
    }
  }
}
