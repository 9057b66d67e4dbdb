package io.famfs.core.shadow;

/// What a text holds that decides how it can be written as a YAML scalar in a block.
///
/// @param plain nothing needs quotes
/// @param single single quotes are enough
record ScalarTraits(boolean plain, boolean single) {

  static ScalarTraits of(int[] text) {
    Scan scan = new Scan();
    scan.indicators = startsDocument(text);
    for (int i = 0; i < text.length; i++) {
      scan.character(text, i);
    }
    boolean edge = isSpaceOrBreak(text[0]) || isSpaceOrBreak(text[text.length - 1]);
    boolean single = !scan.special && !scan.spaceAtBreak;
    return new ScalarTraits(single && !scan.breaks && !scan.indicators && !edge, single);
  }

  private static final class Scan {
    boolean indicators;
    boolean special;
    boolean breaks;
    boolean spaceAtBreak;

    void character(int[] text, int i) {
      int c = text[i];
      boolean last = i == text.length - 1;
      boolean blankFollows = last || isBlankOrBreak(text[i + 1]);
      indicators |=
          i == 0
              ? startsOtherNode(c, blankFollows)
              : (c == ':' && blankFollows) || (c == '#' && isBlankOrBreak(text[i - 1]));
      special |= !isPlainCharacter(c);
      breaks |= isBreak(c);
      if (!last) {
        spaceAtBreak |= (c == ' ' && isBreak(text[i + 1])) || (isBreak(c) && text[i + 1] == ' ');
      }
    }
  }

  private static boolean startsDocument(int[] text) {
    return text.length >= 3
        && (text[0] == '-' || text[0] == '.')
        && text[1] == text[0]
        && text[2] == text[0];
  }

  private static boolean startsOtherNode(int c, boolean blankFollows) {
    return ",[]{}#&*!|>'\"%@`".indexOf(c) >= 0 || ("?:-".indexOf(c) >= 0 && blankFollows);
  }

  /// Printable in ASCII; everything else is escaped.
  static boolean isPlainCharacter(int c) {
    return c == '\n' || (c >= ' ' && c < 0x7f);
  }

  static boolean isBreak(int c) {
    return c == '\r' || c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029;
  }

  private static boolean isSpaceOrBreak(int c) {
    return c == ' ' || isBreak(c);
  }

  private static boolean isBlankOrBreak(int c) {
    return c == '\t' || isSpaceOrBreak(c);
  }
}
