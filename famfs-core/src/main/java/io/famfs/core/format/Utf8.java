package io.famfs.core.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Well-formed UTF-8 (Unicode 16, table 3-7): shortest forms only, no surrogates, nothing above
/// U+10FFFF. Allocates nothing.
final class Utf8 {
  private Utf8() {}

  /// Whether the bytes of a range are well-formed.
  static boolean valid(MemorySegment segment, long offset, int lengthBytes) {
    long at = offset;
    long end = offset + lengthBytes;
    while (at < end) {
      int lead = unsigned(segment, at);
      int length = sequenceBytes(lead);
      if (length == 0 || length > end - at) {
        return false;
      }
      if (length > 1) {
        int second = unsigned(segment, at + 1);
        if (second < lowestSecond(lead) || second > highestSecond(lead)) {
          return false;
        }
        for (int i = 2; i < length; i++) {
          if ((unsigned(segment, at + i) & 0xc0) != 0x80) {
            return false;
          }
        }
      }
      at += length;
    }
    return true;
  }

  /// How many bytes a sequence has that starts with this one; 0 when none starts with it.
  private static int sequenceBytes(int lead) {
    if (lead < 0x80) {
      return 1;
    }
    if (lead < 0xc2 || lead > 0xf4) {
      return 0;
    }
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  }

  private static int lowestSecond(int lead) {
    return lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  }

  private static int highestSecond(int lead) {
    return lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  }

  private static int unsigned(MemorySegment segment, long at) {
    return segment.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }
}
