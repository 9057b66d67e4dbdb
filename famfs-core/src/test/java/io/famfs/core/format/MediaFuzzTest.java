package io.famfs.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.famfs.core.extent.DeviceRange;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.UUID;

/// Arbitrary bytes through the codecs: nothing is thrown, nothing outside is read, and what decodes
/// without a fault encodes to something that decodes to the same.
///
/// A plain test run replays the known inputs; `JAZZER_FUZZ=1` searches for new ones, see FORMAT.md.
class MediaFuzzTest {
  private static final long DEVICE_BYTES = 64L << 20;
  private static final Superblock SUPERBLOCK =
      new Superblock(
          SuperblockLayout.MAGIC,
          FormatVersion.CURRENT,
          LogHeaderLayout.MEDIA_OFFSET,
          LogHeaderLayout.MIN_LOG_BYTES,
          SuperblockLayout.ALLOC_UNIT_BYTES,
          new UUID(1, 2),
          new UUID(3, 4),
          new UUID(5, 6),
          0,
          0,
          DEVICE_BYTES,
          new UUID(0, 0),
          MediaText.of("/dev/dax0.0"));
  private static final MediaBounds BOUNDS =
      new MediaBounds(
          SuperblockLayout.ALLOC_UNIT_BYTES,
          SUPERBLOCK.reservedBytes(),
          List.of(DEVICE_BYTES, DEVICE_BYTES));

  @FuzzTest(maxDuration = "5m")
  void anySuperblockDecodes(byte[] bytes) {
    MemorySegment media = padded(bytes, SuperblockLayout.BYTES);
    Superblock superblock = SuperblockCodec.decode(media, 0);
    MemorySegment again = MemorySegment.ofArray(new byte[SuperblockLayout.BYTES]);
    SuperblockCodec.encode(superblock, again, 0);
    assertEquals(superblock, SuperblockCodec.decode(again, 0));
  }

  /// With the checksum made right, so that the rules behind it are reached.
  @FuzzTest(maxDuration = "5m")
  void anySuperblockIsGoodOrNamed(byte[] bytes) {
    MemorySegment media = padded(bytes, SuperblockLayout.BYTES);
    SuperblockCodec.seal(media, 0);
    MediaFault fault = SuperblockRules.firstBroken(media, DEVICE_BYTES);
    if (fault == null) {
      Superblock superblock = SuperblockCodec.decode(media, 0);
      assertTrue(superblock.reservedBytes() <= superblock.deviceSizeBytes());
      assertTrue(superblock.deviceSizeBytes() <= DEVICE_BYTES);
    } else {
      assertNamed(fault, 0, SuperblockLayout.BYTES);
    }
  }

  @FuzzTest(maxDuration = "5m")
  void anyLogHeaderIsGoodOrNamed(byte[] bytes) {
    MemorySegment media = padded(bytes, LogHeaderLayout.BYTES);
    LogHeader header = LogHeaderCodec.decode(media, 0);
    MemorySegment again = MemorySegment.ofArray(new byte[LogHeaderLayout.BYTES]);
    LogHeaderCodec.encode(header, again, 0);
    assertEquals(header, LogHeaderCodec.decode(again, 0));
    LogHeaderCodec.seal(media, 0);
    MediaFault fault = LogHeaderRules.firstBroken(media, SUPERBLOCK);
    if (fault == null) {
      LogHeader sound = LogHeaderCodec.decode(media, 0);
      long entriesEnd = LogHeaderLayout.entryMediaOffset(sound.nextIndex());
      assertTrue(sound.nextIndex() >= 0 && entriesEnd <= SUPERBLOCK.reservedBytes());
    } else {
      assertNamed(fault, LogHeaderLayout.MEDIA_OFFSET, LogHeaderLayout.BYTES);
    }
  }

  /// The view that replay uses and the rules that name faults give the same answer.
  @FuzzTest(maxDuration = "5m")
  void anyLogEntryIsSoundOrNamed(byte[] bytes) {
    MemorySegment media = padded(bytes, LogEntryLayout.BYTES);
    long index = media.get(LittleEndian.LONG, LogEntryLayout.SEQNUM_AT) & 1023;
    media.set(LittleEndian.LONG, LogEntryLayout.SEQNUM_AT, index);
    long at = LogHeaderLayout.entryMediaOffset(index);
    LogEntryView view = new LogEntryView((byte[]) media.heapBase().orElseThrow());
    assertEquals(LogEntryRules.integrity(media, index) == null, view.isWhole(index));
    LogEntryCodec.seal(media, 0);
    assertTrue(view.isWhole(index));
    MediaFault fault = LogEntryRules.meaning(LogEntryCodec.decode(media, 0, at), BOUNDS);
    assertEquals(fault == null, view.isSound(BOUNDS));
    if (fault != null) {
      assertNamed(fault, at, LogEntryLayout.BYTES);
    } else if (view.type() == LogEntryLayout.TYPE_FILE) {
      assertInside(LogEntryCodec.decode(media, 0, at).value());
    }
  }

  private static void assertInside(LogEntry entry) {
    LogEntry.FileEntry file = (LogEntry.FileEntry) entry;
    for (DeviceRange range : file.fmap().ranges()) {
      long size = BOUNDS.deviceBytes().get(range.daxdevIndex());
      assertTrue(range.offset() >= BOUNDS.reservedBytes(range.daxdevIndex()));
      assertTrue(range.lengthBytes() > 0 && range.offset() <= size - range.lengthBytes());
    }
  }

  private static void assertNamed(MediaFault fault, long offset, int lengthBytes) {
    assertTrue(fault.offset() >= offset && fault.offset() < offset + lengthBytes, fault.describe());
    assertTrue(fault.describe().endsWith("rule " + fault.rule().label() + ")"));
  }

  @FuzzTest(maxDuration = "5m")
  void anyLogEntryDecodes(byte[] bytes) {
    MemorySegment media = padded(bytes, LogEntryLayout.BYTES);
    Decoded<LogEntry> decoded = LogEntryCodec.decode(media, 0, 0);
    if (decoded.fault() == null) {
      MemorySegment again = MemorySegment.ofArray(new byte[LogEntryLayout.BYTES]);
      LogEntryCodec.encode(decoded.value(), again, 0);
      assertEquals(decoded.value(), LogEntryCodec.decode(again, 0, 0).value());
    }
  }

  private static MemorySegment padded(byte[] bytes, int sizeBytes) {
    byte[] image = new byte[sizeBytes];
    System.arraycopy(bytes, 0, image, 0, Math.min(bytes.length, sizeBytes));
    return MemorySegment.ofArray(image);
  }
}
