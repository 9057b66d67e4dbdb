package io.famfs.core.format;

/// Well-formed UTF-8 (Unicode 16, table 3-7): shortest forms only, no surrogates, nothing above
/// U+10FFFF. Allocates nothing.
final class Utf8 {
  private Utf8() {}

  /// Whether the bytes of a range are well-formed.
  static boolean valid(byte[] bytes, int offset, int lengthBytes) {
    int at = offset;
    int end = offset + lengthBytes;
    while (at < end) {
      int lead = bytes[at] & 0xff;
      int length = sequenceBytes(lead);
      if (length == 0 || length > end - at) {
        return false;
      }
      if (length > 1) {
        int second = bytes[at + 1] & 0xff;
        if (second < lowestSecond(lead) || second > highestSecond(lead)) {
          return false;
        }
        for (int i = 2; i < length; i++) {
          if ((bytes[at + i] & 0xc0) != 0x80) {
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
}
