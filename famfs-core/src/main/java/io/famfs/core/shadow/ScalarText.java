package io.famfs.core.shadow;

/// Writes the value of a block mapping as the YAML library of the reference writes it: plain where
/// that can be read back, else in single quotes, else in double quotes with everything outside
/// ASCII escaped; a line is broken at the first single space behind its 80th column.
final class ScalarText {
  private static final int BEST_COLUMNS = 80;

  private final StringBuilder out;
  private final int[] text;
  private final String indent;
  private int column;
  private boolean afterSpace;

  private ScalarText(StringBuilder out, int[] text, int column, int indent) {
    this.out = out;
    this.text = text;
    this.column = column;
    this.indent = " ".repeat(indent);
  }

  /// Appends a value.
  ///
  /// @param out ends with the line so far
  /// @param text well-formed and not empty
  /// @param column characters on the line so far
  /// @param indent blanks in front of each further line
  static void append(StringBuilder out, String text, int column, int indent) {
    int[] characters = text.codePoints().toArray();
    ScalarTraits traits = ScalarTraits.of(characters);
    ScalarText writer = new ScalarText(out, characters, column, indent);
    if (traits.plain()) {
      writer.plain();
    } else if (traits.single()) {
      writer.singleQuoted();
    } else {
      writer.doubleQuoted();
    }
  }

  private void plain() {
    for (int i = 0; i < text.length; i++) {
      if (text[i] == ' ') {
        space(i, 0);
      } else {
        put(text[i]);
      }
    }
  }

  private void singleQuoted() {
    boolean breaks = false;
    put('\'');
    for (int i = 0; i < text.length; i++) {
      if (text[i] == ' ') {
        space(i, 1);
      } else if (ScalarTraits.isBreak(text[i])) {
        // The first break of a run is doubled: a single one would be read as a space.
        out.append(breaks ? "\n" : "\n\n");
        column = 0;
        breaks = true;
      } else {
        if (breaks) {
          indent();
        }
        if (text[i] == '\'') {
          put('\'');
        }
        put(text[i]);
        breaks = false;
      }
    }
    if (breaks) {
      indent();
    }
    put('\'');
  }

  private void doubleQuoted() {
    put('"');
    for (int i = 0; i < text.length; i++) {
      int c = text[i];
      if (!ScalarTraits.isPlainCharacter(c) || c == '\n' || c == '"' || c == '\\') {
        escape(c);
      } else if (c != ' ') {
        put(c);
      } else if (mayBreak(i, 1)) {
        newLine();
        if (text[i + 1] == ' ') {
          put('\\');
        }
        afterSpace = true;
      } else {
        put(c);
      }
    }
    put('"');
  }

  /// A space between words: itself, or the end of a line that is long enough.
  private void space(int i, int edge) {
    if (mayBreak(i, edge) && !(i + 1 < text.length && text[i + 1] == ' ')) {
      newLine();
      afterSpace = true;
    } else {
      put(' ');
    }
  }

  /// Whether a line may end at a space.
  ///
  /// @param edge number of characters at both ends of the text where it may not
  private boolean mayBreak(int i, int edge) {
    return !afterSpace && column > BEST_COLUMNS && i >= edge && i < text.length - edge;
  }

  private void newLine() {
    out.append('\n').append(indent);
    column = indent.length();
  }

  private void indent() {
    out.append(indent);
    column = indent.length();
  }

  private void put(int c) {
    out.appendCodePoint(c);
    column++;
    afterSpace = c == ' ';
  }

  private void escape(int c) {
    int before = out.length();
    out.append('\\');
    int letter = "\0\007\b\t\n\013\f\r\033\"\\\u0085\u00a0\u2028\u2029".indexOf(c);
    if (letter >= 0) {
      out.append("0abtnvfre\"\\N_LP".charAt(letter));
    } else if (c <= 0xff) {
      out.append(String.format("x%02X", c));
    } else if (c <= 0xffff) {
      out.append(String.format("u%04X", c));
    } else {
      out.append(String.format("U%08X", c));
    }
    column += out.length() - before;
    afterSpace = false;
  }
}
