package io.famfs.e2e;

/// A Debian package version, ordered as the Debian Policy Manual (5.6.12) and dpkg order it.
record DebianVersion(String text) implements Comparable<DebianVersion> {

  boolean atLeast(String bound) {
    return compareTo(new DebianVersion(bound)) >= 0;
  }

  /// The version its author gave the program: without epoch and Debian revision.
  String upstream() {
    String rest = text.substring(text.indexOf(':') + 1);
    int dash = rest.lastIndexOf('-');
    return dash < 0 ? rest : rest.substring(0, dash);
  }

  private int epoch() {
    int colon = text.indexOf(':');
    return colon < 0 ? 0 : Integer.parseInt(text.substring(0, colon));
  }

  private String revision() {
    int dash = text.lastIndexOf('-');
    return dash < 0 ? "" : text.substring(dash + 1);
  }

  @Override
  public int compareTo(DebianVersion other) {
    int order = Integer.compare(epoch(), other.epoch());
    if (order == 0) {
      order = compareParts(upstream(), other.upstream());
    }
    return order != 0 ? order : compareParts(revision(), other.revision());
  }

  /// Alternates between stretches of non-digits, compared sign by sign, and numbers.
  private static int compareParts(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() || j < b.length()) {
      while (isText(a, i) || isText(b, j)) {
        int order = Integer.compare(weight(a, i), weight(b, j));
        if (order != 0) {
          return order;
        }
        i++;
        j++;
      }
      int endA = endOfNumber(a, i);
      int endB = endOfNumber(b, j);
      int order = compareNumbers(a.substring(i, endA), b.substring(j, endB));
      if (order != 0) {
        return order;
      }
      i = endA;
      j = endB;
    }
    return 0;
  }

  private static boolean isText(String s, int i) {
    return i < s.length() && !isDigit(s.charAt(i));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /// Tilde sorts before the end, the end before letters, letters before everything else.
  private static int weight(String s, int i) {
    if (i >= s.length() || isDigit(s.charAt(i))) {
      return 0;
    }
    char c = s.charAt(i);
    if (c == '~') {
      return -1;
    }
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? c : c + 256;
  }

  private static int endOfNumber(String s, int from) {
    int end = Math.min(from, s.length());
    while (end < s.length() && isDigit(s.charAt(end))) {
      end++;
    }
    return end;
  }

  private static int compareNumbers(String a, String b) {
    String x = a.replaceFirst("^0+", "");
    String y = b.replaceFirst("^0+", "");
    int order = Integer.compare(x.length(), y.length());
    return order != 0 ? order : x.compareTo(y);
  }

  @Override
  public String toString() {
    return text;
  }
}
