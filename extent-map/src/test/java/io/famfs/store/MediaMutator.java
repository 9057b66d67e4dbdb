package io.famfs.store;

import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogHeaderCodec;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.store.crash.UndoDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Makes small changes to metadata that hit what readers have to check, and says which.
final class MediaMutator {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int ENTRY_BYTES = 544;
  private static final int PATH_BYTES = 80;
  private static final int[] SUPERBLOCK_FIELDS = {
    0, 8, 16, 24, 32, 40, 44, 48, 64, 80, 88, 96, 104, 112, 120, 136
  };
  private static final int[] HEADER_FIELDS = {0, 8, 16, 24, 32, 40};
  private static final int[] ENTRY_FIELDS = {0, 8, 12, 16, 24, 28, 32, 36, 40, 120, 128, 136, 144};
  private static final String[] PATHS = {
    "",
    "/",
    "/etc",
    "..",
    "../x",
    "d/../x",
    ".",
    "d/.",
    "./d",
    "d//x",
    "d/",
    "/d",
    ".meta",
    ".meta/x",
    ".metal",
    "d",
    "d/e",
    "d/e/f",
    "d/a",
    "d/a/b",
    "no/such",
    "z",
    "z/z",
    "...",
    "x".repeat(79),
    "x".repeat(80),
    "d/" + "y".repeat(77),
    "d/" + "é".repeat(39),
    "\uD83D\uDE80"
  };
  private static final byte[][] BAD_NAMES = {
    {(byte) 0xc3},
    {(byte) 0xff},
    {(byte) 0xc0, (byte) 0x80},
    {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
    {(byte) 0xf8, 1, 1, 1, 1},
    {'a', (byte) 0x80},
    {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80}
  };

  private final UndoDevice device;
  private final int entries;
  private final long[] values;
  private final SplittableRandom random;
  private final List<String> done = new ArrayList<>();

  /// A mutator.
  ///
  /// @param device whose metadata is changed; the changes can be undone there
  /// @param entries number of entries it has; one more slot is changed, too
  MediaMutator(UndoDevice device, int entries, SplittableRandom random) {
    this.device = device;
    this.entries = entries;
    this.random = random;
    long size = device.sizeBytes();
    long unit = MediaEditor.UNIT;
    long data = MediaEditor.DATA;
    this.values =
        new long[] {
          0,
          1,
          2,
          3,
          4,
          15,
          16,
          17,
          47,
          48,
          64,
          255,
          4095,
          4096,
          8192,
          unit - 1,
          unit,
          unit + 1,
          2 * unit,
          3 * unit,
          4 * unit,
          data - unit,
          data,
          data + unit,
          data + 4096,
          size - unit,
          size - 1,
          size,
          size + 1,
          size + unit,
          1L << 30,
          Integer.MAX_VALUE,
          0x80000000L,
          0xffffffffL,
          1L << 32,
          1L << 40,
          1L << 46,
          1L << 56,
          1L << 62,
          Long.MAX_VALUE,
          -unit,
          -unit - 1,
          Long.MIN_VALUE,
          -data,
          -1
        };
  }

  /// Changes something, one to four times, and mostly makes the checksums right again.
  ///
  /// @return what was done, for a message
  List<String> mutate() {
    int changes = 1 + Math.min(random.nextInt(4), random.nextInt(4));
    for (int i = 0; i < changes; i++) {
      change();
    }
    if (random.nextInt(8) > 0) {
      seal();
    }
    return done;
  }

  /// Makes every checksum right, and nearly always the sequence numbers.
  void seal() {
    done.add("seal");
    MemorySegment superblock = copy(0, 200);
    SuperblockCodec.seal(superblock, 0);
    device.store(superblock, 0);
    MemorySegment header = copy(LogHeaderLayout.MEDIA_OFFSET, 48);
    LogHeaderCodec.seal(header, 0);
    device.store(header, LogHeaderLayout.MEDIA_OFFSET);
    boolean number = random.nextInt(16) > 0;
    for (int i = 0; i <= entries; i++) {
      MemorySegment entry = copy(at(i), ENTRY_BYTES);
      if (number) {
        entry.set(LONG, 0, i);
      }
      LogEntryCodec.seal(entry, 0);
      device.store(entry, at(i));
    }
  }

  private void change() {
    int entry = random.nextInt(entries + 1);
    switch (random.nextInt(24)) {
      case 0 -> value("superblock", 0, pick(SUPERBLOCK_FIELDS));
      case 1, 2 -> header();
      case 3, 4, 5, 6 -> value("entry " + entry, at(entry), pick(ENTRY_FIELDS));
      case 7, 8, 9, 10 -> extent(entry);
      case 11, 12, 13, 14 -> path(entry);
      case 15 -> entryOf(entry, random.nextInt(entries + 1));
      case 16 -> count(entry);
      case 17 -> number(entry, 8, random.nextInt(6));
      case 18 -> daxdev(entry);
      case 19 -> torn(entry);
      case 20 -> number(entry, 120, random.nextInt(3));
      case 21 -> random("superblock", 0, 200);
      default -> random("entry " + entry, at(entry), ENTRY_BYTES);
    }
  }

  private void header() {
    if (random.nextInt(4) == 0) {
      value("log header", LogHeaderLayout.MEDIA_OFFSET, pick(HEADER_FIELDS));
      return;
    }
    long next = random.nextInt(entries + 3);
    long seqnum = random.nextInt(4) == 0 ? next + random.nextInt(-1, 3) : next;
    putLong(LogHeaderLayout.MEDIA_OFFSET + 40, next);
    putLong(LogHeaderLayout.MEDIA_OFFSET + 32, seqnum);
  }

  /// One word of one extent or strip, and the count that makes it matter.
  private void extent(int entry) {
    boolean strip = device.memory().get(INT, at(entry) + 120) == 1;
    int number = random.nextInt(random.nextBoolean() ? 2 : 16);
    int word = random.nextInt(3);
    long value = word == 0 && random.nextBoolean() ? random.nextInt(4) : value();
    if (random.nextInt(3) > 0) {
      value = value / MediaEditor.UNIT * MediaEditor.UNIT;
    }
    putLong(at(entry) + (strip ? 152 : 136) + 24L * number + 8L * word, value);
  }

  private void path(int entry) {
    int type = device.memory().get(INT, at(entry) + 8);
    long at = at(entry) + (type == 1 ? 28 : 40);
    byte[] path = new byte[PATH_BYTES];
    if (random.nextInt(6) == 0) {
      byte[] name = BAD_NAMES[random.nextInt(BAD_NAMES.length)];
      int start = random.nextInt(PATH_BYTES - name.length);
      Arrays.fill(path, 0, start, (byte) 'n');
      System.arraycopy(name, 0, path, start, name.length);
    } else {
      byte[] name = PATHS[random.nextInt(PATHS.length)].getBytes(StandardCharsets.UTF_8);
      System.arraycopy(name, 0, path, 0, Math.min(name.length, PATH_BYTES));
    }
    if (random.nextInt(12) == 0) {
      path[random.nextInt(PATH_BYTES)] = (byte) random.nextInt(256);
    }
    put(at, path);
  }

  /// The bytes of another slot.
  private void entryOf(int entry, int other) {
    MemorySegment bytes = copy(at(other), ENTRY_BYTES);
    bytes.set(LONG, 0, entry);
    put(at(entry), bytes.toArray(ValueLayout.JAVA_BYTE));
  }

  private void count(int entry) {
    putInt(at(entry) + 128, random.nextInt(-1, 19));
    putLong(at(entry) + 136, random.nextInt(-1, 19));
  }

  private void daxdev(int entry) {
    putInt(at(entry) + 8, 3);
    putLong(at(entry) + 16, random.nextBoolean() ? 16 * MediaEditor.UNIT : value());
    putInt(at(entry) + 40, random.nextInt(4));
    if (random.nextInt(4) == 0) {
      // The uuid of the primary.
      put(at(entry) + 24, copy(64, 16).toArray(ValueLayout.JAVA_BYTE));
    }
  }

  private void torn(int entry) {
    int kept = random.nextInt(ENTRY_BYTES / 8) * 8;
    put(at(entry) + kept, new byte[ENTRY_BYTES - kept]);
  }

  private void number(int entry, int field, int value) {
    putInt(at(entry) + field, value);
  }

  private void random(String what, long base, int length) {
    done.add(what);
    put(base + random.nextInt(length), new byte[] {(byte) random.nextInt(256)});
  }

  private void value(String what, long base, int field) {
    done.add(what);
    if (random.nextBoolean()) {
      putInt(base + field, (int) value());
    } else {
      putLong(base + field, value());
    }
  }

  private long value() {
    long value = values[random.nextInt(values.length)];
    return random.nextInt(4) == 0 ? value + random.nextInt(-2, 3) : value;
  }

  private int pick(int[] fields) {
    return fields[random.nextInt(fields.length)];
  }

  private static long at(int entry) {
    return LogHeaderLayout.entryMediaOffset(entry);
  }

  private void putLong(long at, long value) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[8]);
    bytes.set(LONG, 0, value);
    done.add("byte " + at + " := " + value);
    device.store(bytes, at);
  }

  private void putInt(long at, int value) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[4]);
    bytes.set(INT, 0, value);
    done.add("byte " + at + " := int " + value);
    device.store(bytes, at);
  }

  private void put(long at, byte[] bytes) {
    done.add("byte " + at + " := " + Arrays.toString(bytes));
    device.store(MemorySegment.ofArray(bytes), at);
  }

  private MemorySegment copy(long at, int length) {
    return MemorySegment.ofArray(
        device.memory().asSlice(at, length).toArray(ValueLayout.JAVA_BYTE));
  }
}
