package io.famfs.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// What somebody may have meant who wrote a name that does not exist.
final class Suggestions {
  private static final int MOST = 3;

  private Suggestions() {}

  /// The nearest names, as the end of a sentence: `: did you mean READ, READDIR?`; all names when
  /// none is near.
  static String of(String wrong, List<String> known) {
    String name = wrong.toLowerCase(Locale.ROOT);
    List<String> near =
        known.stream()
            .filter(candidate -> isNear(name, candidate))
            .sorted(Comparator.comparingInt(candidate -> distance(name, lower(candidate))))
            .limit(MOST)
            .toList();
    return near.isEmpty()
        ? ": there are " + String.join(", ", known)
        : ": did you mean " + String.join(", ", near) + "?";
  }

  private static boolean isNear(String name, String candidate) {
    return distance(name, lower(candidate)) <= Math.max(1, candidate.length() / 3)
        || (!name.isEmpty() && lower(candidate).startsWith(name));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /// Letters to insert, remove or replace.
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
