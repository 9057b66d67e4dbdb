package io.famfs.cli;

import io.famfs.core.ByteSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Draws runs of space as a row of letters for each device.
final class SpacePicture {
  /// Letters for owners: those that stand for something else are left out.
  private static final String LETTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKMNOPRTUVWYZ0123456789";

  private final Map<String, Character> letters = new LinkedHashMap<>();
  private final Map<String, Long> owned = new LinkedHashMap<>();
  private final boolean byFile;

  /// A picture of these runs: the owners with the most space get a letter of their own.
  ///
  /// @param byFile whether every file is an owner; otherwise the names below the root are
  SpacePicture(List<List<SpaceRun>> devices, boolean byFile) {
    this.byFile = byFile;
    devices.stream()
        .flatMap(List::stream)
        .filter(run -> run.kind() == SpaceRun.Kind.FILE)
        .forEach(run -> owned.merge(owner(run), run.lengthBytes(), Long::sum));
    owned.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(LETTERS.length())
        .forEach(entry -> letters.put(entry.getKey(), LETTERS.charAt(letters.size())));
  }

  /// One row.
  ///
  /// @param runs of one device, from end to end
  /// @param width characters
  String row(List<SpaceRun> runs, int width) {
    long size = runs.getLast().end();
    StringBuilder row = new StringBuilder();
    int first = 0;
    for (int cell = 0; cell < width; cell++) {
      long start = position(size, cell, width);
      long end = Math.max(start + 1, position(size, cell + 1, width));
      while (runs.get(first).end() <= start) {
        first++;
      }
      SpaceRun shown = runs.get(first);
      for (int i = first; i < runs.size() && runs.get(i).offset() < end; i++) {
        if (before(shown, runs.get(i), start, end)) {
          shown = runs.get(i);
        }
      }
      row.append(letter(shown));
    }
    return row.toString();
  }

  private static long position(long size, int cell, int width) {
    // In two parts: a size times a width may not fit.
    return size / width * cell + size % width * cell / width;
  }

  /// Whether `other` is shown in a cell rather than `shown`: the more important kind, then the one
  /// with more bytes in the cell.
  private static boolean before(SpaceRun shown, SpaceRun other, long start, long end) {
    int order = other.kind().compareTo(shown.kind());
    return order > 0 || (order == 0 && share(other, start, end) > share(shown, start, end));
  }

  private static long share(SpaceRun run, long start, long end) {
    return Math.min(run.end(), end) - Math.max(run.offset(), start);
  }

  private char letter(SpaceRun run) {
    return run.kind() == SpaceRun.Kind.FILE
        ? letters.getOrDefault(owner(run), run.kind().letter())
        : run.kind().letter();
  }

  /// Lines that explain the letters; owners with their bytes.
  List<String> legend(List<List<SpaceRun>> devices) {
    List<String> lines = new ArrayList<>();
    for (SpaceRun.Kind kind : SpaceRun.Kind.values()) {
      long bytes =
          devices.stream()
              .flatMap(List::stream)
              .filter(run -> run.kind() == kind)
              .mapToLong(SpaceRun::lengthBytes)
              .sum();
      if (kind == SpaceRun.Kind.FILE) {
        for (Map.Entry<String, Character> entry : letters.entrySet()) {
          long mine = owned.getOrDefault(entry.getKey(), 0L);
          lines.add(line(entry.getValue(), mine, entry.getKey()));
          bytes -= mine;
        }
      }
      if (bytes > 0) {
        lines.add(line(kind.letter(), bytes, kind == SpaceRun.Kind.FILE ? "others" : kind.label()));
      }
    }
    return lines;
  }

  private static String line(char letter, long bytes, String what) {
    return letter
        + String.format(Locale.ROOT, " %8s  ", ByteSize.human(bytes))
        + Inodes.printable(what);
  }

  private String owner(SpaceRun run) {
    String path = run.owners().getFirst();
    int slash = path.indexOf('/');
    return byFile || slash < 0 ? path : path.substring(0, slash + 1);
  }
}
