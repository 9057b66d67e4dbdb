package io.famfs.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;

/// Arbitrary bytes through the codecs: nothing is thrown, nothing outside is read, and what decodes
/// without a fault encodes to something that decodes to the same.
///
/// A plain test run replays the known inputs; `JAZZER_FUZZ=1` searches for new ones.
class MediaFuzzTest {

  @FuzzTest(maxDuration = "5m")
  void anySuperblockDecodes(byte[] bytes) {
    MemorySegment media = padded(bytes, SuperblockLayout.BYTES);
    Superblock superblock = SuperblockCodec.decode(media, 0);
    MemorySegment again = MemorySegment.ofArray(new byte[SuperblockLayout.BYTES]);
    SuperblockCodec.encode(superblock, again, 0);
    assertEquals(superblock, SuperblockCodec.decode(again, 0));
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
