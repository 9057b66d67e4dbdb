package io.famfs.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.extent.FmapCapacity;
import io.famfs.core.format.LogEntry.AddDaxdevEntry;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntry.MkdirEntry;
import io.famfs.core.format.LogEntry.UnknownEntry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The view of an entry says the same as its record, and accepts exactly what the rules accept.
class LogEntryViewTest {
  /// Fewer where every mutant of the code is tried with them.
  private static final int ROUNDS = Integer.getInteger("famfs.test.rounds", 200_000);

  private static final long UNIT = 2L << 20;
  private static final long DEVICE_BYTES = 64L << 20;
  private static final MediaBounds BOUNDS =
      new MediaBounds(UNIT, 10L << 20, List.of(DEVICE_BYTES, DEVICE_BYTES / 2));
  private static final long[] INTERESTING = {
    0, 1, 2, 3, 15, 16, 17, 4096, UNIT, 10L << 20, 62L << 20, 1L << 47, 1L << 56, 1L << 62, -1,
    -UNIT
  };
  private static final String[] PATHS = {
    "a",
    "a/b",
    "x".repeat(79),
    "x".repeat(80),
    "",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "a/..",
    ".meta",
    ".meta/x",
    "a/.meta",
    ".metal",
    "é/ß",
    "..a/b..",
    "日本/語",
    "\ud83d\ude00"
  };

  private final int at = 3 * LogEntryLayout.BYTES;
  private final byte[] block = new byte[5 * LogEntryLayout.BYTES];
  private final MemorySegment entry =
      MemorySegment.ofArray(block).asSlice(at, LogEntryLayout.BYTES);
  private final LogEntryView view = new LogEntryView(block);

  @Test
  void mutatedEntriesAreAcceptedIfAndOnlyIfTheyKeepTheRules() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    int sound = 0;
    for (int round = 0; round < ROUNDS; round++) {
      LogEntryCodec.encode(randomEntry(random), entry, 0);
      mutate(random);
      view.moveTo(at);
      int number = round;
      Supplier<String> where =
          () -> "seed " + seed + " round " + number + " " + HexFormat.of().formatHex(bytes());
      assertEquals(LogEntryRules.integrity(entry, 3) == null, view.isWhole(3), where);
      Decoded<LogEntry> decoded = LogEntryCodec.decode(entry, 0, 0);
      boolean accepted = LogEntryRules.meaning(decoded, BOUNDS) == null;
      assertEquals(accepted, view.isSound(BOUNDS), where);
      assertEquals(decoded.value(), view.decode().value(), where);
      if (accepted) {
        sound++;
        assertSameFields(decoded.value(), where);
      }
    }
    assertTrue(sound > ROUNDS / 10 && sound < ROUNDS * 9 / 10, sound + " sound, seed " + seed);
  }

  private void assertSameFields(LogEntry value, Supplier<String> where) {
    assertEquals(value.seqnum(), view.seqnum(), where);
    assertEquals(value.crc(), view.crc(), where);
    switch (value) {
      case FileEntry file -> {
        assertEquals(file.path(), path(), where);
        assertEquals(
            List.of(file.sizeBytes(), (long) file.uid(), (long) file.gid(), (long) file.mode()),
            List.of(view.sizeBytes(), (long) view.uid(), (long) view.gid(), (long) view.mode()),
            where);
        assertEquals(file.fmap(), fmap(), where);
        assertEquals(FmapCapacity.bytes(file.fmap()), view.capacityBytes(), where);
      }
      case MkdirEntry mkdir -> {
        assertEquals(mkdir.path(), path(), where);
        assertEquals(
            List.of(mkdir.uid(), mkdir.gid(), mkdir.mode()),
            List.of(view.uid(), view.gid(), view.mode()),
            where);
      }
      case AddDaxdevEntry daxdev -> assertEquals(daxdev.sizeBytes(), view.deviceSizeBytes(), where);
      case UnknownEntry _ -> throw new AssertionError(where.get());
    }
  }

  private MediaText path() {
    return MediaText.read(
        MemorySegment.ofArray(view.block()), view.pathAt(), view.pathLengthBytes() + 1);
  }

  private Fmap fmap() {
    List<DeviceRange> ranges = new ArrayList<>();
    for (int i = 0; i < view.rangeCount(); i++) {
      ranges.add(
          new DeviceRange(view.rangeDaxdevIndex(i), view.rangeOffset(i), view.rangeLengthBytes(i)));
    }
    return view.interleaved()
        ? new Fmap.Interleaved(view.chunkBytes(), ranges)
        : new Fmap.Simple(ranges);
  }

  private byte[] bytes() {
    return entry.toArray(ValueLayout.JAVA_BYTE);
  }

  private void mutate(SplittableRandom random) {
    for (int i = random.nextInt(4); i > 0; i--) {
      long value = INTERESTING[random.nextInt(INTERESTING.length)];
      switch (random.nextInt(4)) {
        case 0 ->
            entry.set(
                ValueLayout.JAVA_BYTE,
                random.nextInt(LogEntryLayout.BYTES),
                (byte) random.nextInt(256));
        case 1 -> entry.set(LittleEndian.INT, random.nextInt(4, 50) * 4L, (int) value);
        case 2 -> entry.set(LittleEndian.LONG, random.nextInt(1, 30) * 8L, value);
        default ->
            entry.set(ValueLayout.JAVA_BYTE, random.nextInt(16, 120), (byte) random.nextInt(256));
      }
    }
    if (random.nextInt(4) > 0) {
      entry.set(LittleEndian.LONG, LogEntryLayout.SEQNUM_AT, random.nextInt(8) > 0 ? 3 : 4);
      LogEntryCodec.seal(entry, 0);
    }
  }

  private static LogEntry randomEntry(SplittableRandom random) {
    MediaText path = MediaText.of(PATHS[random.nextInt(2) * random.nextInt(PATHS.length)]);
    int owner = random.nextInt();
    return switch (random.nextInt(12)) {
      case 0 -> new UnknownEntry(3, 0, random.nextInt(-1, 5), "ab".repeat(520));
      case 1 -> new AddDaxdevEntry(3, 0, random.nextLong(1L << 50), new UUID(1, owner), 1);
      case 2, 3 -> new MkdirEntry(3, 0, path, owner, 7, random.nextInt());
      default ->
          new FileEntry(
              3,
              0,
              path,
              random.nextLong(1 + (random.nextInt(3) * UNIT)),
              2,
              1,
              owner,
              3,
              randomMap(random));
    };
  }

  private static Fmap randomMap(SplittableRandom random) {
    List<DeviceRange> ranges = new ArrayList<>();
    for (int i = random.nextInt(4) == 0 ? random.nextInt(1, 17) : 1; i > 0; i--) {
      ranges.add(
          new DeviceRange(
              random.nextInt(2), (5 + random.nextInt(8)) * UNIT, (1 + random.nextInt(3)) * UNIT));
    }
    return random.nextBoolean()
        ? new Fmap.Simple(ranges)
        : new Fmap.Interleaved((1 + random.nextInt(4)) * 4096L, ranges);
  }

  @Test
  void pathsAreJudgedAsTheirTextIs() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    String alphabet = "..//a\u0001é.meta";
    for (int round = 0; round < ROUNDS; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertEquals(
          brokenText(text.toString()),
          PathRules.firstBroken(MediaText.of(text.toString())),
          () -> "seed " + seed + " '" + text + "'");
    }
  }

  private static MediaFault.@Nullable Rule brokenText(String path) {
    List<String> components = List.of(path.split("/", -1));
    if (path.isEmpty()) {
      return MediaFault.Rule.PATH_EMPTY;
    } else if (path.startsWith("/")) {
      return MediaFault.Rule.PATH_ABSOLUTE;
    } else if (components.stream().anyMatch(List.of("", ".", "..")::contains)) {
      return MediaFault.Rule.PATH_COMPONENT;
    }
    return components.getFirst().equals(".meta") ? MediaFault.Rule.PATH_META : null;
  }

  @Test
  void bytesAreUtf8WhenTheDecoderOfThePlatformSaysSo() {
    byte[] bytes = new byte[4];
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    for (int first = 0; first < 256; first++) {
      for (int second = 0; second < 256; second++) {
        bytes[0] = (byte) first;
        bytes[1] = (byte) second;
        for (int rest : new int[] {0x8080, 0x80bf, 0x7f80, 0x80c0, 0xbf41, 0x4141, 0xc280}) {
          bytes[2] = (byte) (rest >> 8);
          bytes[3] = (byte) rest;
          requireJudgedAlike(decoder, bytes);
        }
      }
    }
  }

  private static void requireJudgedAlike(CharsetDecoder decoder, byte[] bytes) {
    for (int length = 0; length <= bytes.length; length++) {
      if (decodable(decoder, bytes, length) != Utf8.valid(bytes, 0, length)) {
        throw new AssertionError(HexFormat.of().formatHex(bytes, 0, length));
      }
    }
  }

  private static boolean decodable(CharsetDecoder decoder, byte[] bytes, int length) {
    try {
      decoder.decode(ByteBuffer.wrap(bytes, 0, length));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
