package io.famfs.e2e.cases;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The cases of pjdfstest that the format cannot support, and why. A line of the list is a comment
/// (`#`), a reason (`reason NAME TEXT`), or a file of tests with a reason and the numbers of its
/// cases (`chmod/00.t NAME 5-8,10`).
final class ImpossibleCases {
  private static final String LIST = "pjdfstest-impossible.txt";

  private final Map<String, String> reasons = new TreeMap<>();
  private final Map<String, NavigableMap<Integer, String>> cases = new TreeMap<>();

  private ImpossibleCases() {}

  /// Reads the list.
  ///
  /// @throws IOException when it breaks a rule: a case twice, a reason that nobody explains or
  ///   nobody needs
  static ImpossibleCases load() throws IOException {
    ImpossibleCases list = new ImpossibleCases();
    InputStream stream = ImpossibleCases.class.getResourceAsStream(LIST);
    if (stream == null) {
      throw new IOException(LIST + " is not with the tests");
    }
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        list.read(line.strip(), LIST + ":" + number + ": ");
      }
    }
    Set<String> used = list.countsByReason().keySet();
    for (String reason : list.reasons.keySet()) {
      if (!used.contains(reason)) {
        throw new IOException(LIST + ": no case has the reason '" + reason + "'");
      }
    }
    return list;
  }

  private void read(String line, String place) throws IOException {
    if (line.isEmpty() || line.startsWith("#")) {
      return;
    }
    String[] fields = line.split(" +", 3);
    if (fields.length != 3) {
      throw new IOException(place + "three fields expected: " + line);
    }
    if (fields[0].equals("reason")) {
      if (reasons.put(fields[1], fields[2]) != null) {
        throw new IOException(place + "reason '" + fields[1] + "' twice");
      }
      return;
    }
    if (!reasons.containsKey(fields[1])) {
      throw new IOException(place + "no reason '" + fields[1] + "'");
    }
    for (String range : fields[2].split(",", -1)) {
      String[] ends = range.split("-", 2);
      int first = Integer.parseInt(ends[0]);
      int last = Integer.parseInt(ends[ends.length - 1]);
      add(fields[0], fields[1], first, last, place);
    }
  }

  private void add(String file, String reason, int first, int last, String place)
      throws IOException {
    NavigableMap<Integer, String> ofFile = cases.computeIfAbsent(file, _ -> new TreeMap<>());
    for (int number = first; number <= last; number++) {
      if (ofFile.put(number, reason) != null) {
        throw new IOException(place + file + " " + number + " twice");
      }
    }
  }

  /// Why a case is impossible, or null when it has to pass.
  @Nullable String reason(String file, int number) {
    NavigableMap<Integer, String> ofFile = cases.get(file);
    return ofFile == null ? null : ofFile.get(number);
  }

  /// The cases of a file that are listed.
  Set<Integer> numbers(String file) {
    NavigableMap<Integer, String> ofFile = cases.get(file);
    return ofFile == null ? Set.of() : ofFile.keySet();
  }

  int count() {
    return cases.values().stream().mapToInt(Map::size).sum();
  }

  Map<String, Integer> countsByReason() {
    Map<String, Integer> counts = new TreeMap<>();
    cases
        .values()
        .forEach(
            ofFile -> ofFile.values().forEach(reason -> counts.merge(reason, 1, Integer::sum)));
    return counts;
  }

  /// Listed files that are not among `files`, as messages.
  List<String> filesNotIn(List<String> files) {
    List<String> wrong = new ArrayList<>();
    for (String file : cases.keySet()) {
      if (!files.contains(file)) {
        wrong.add(file + " is listed, but the suite has no such file");
      }
    }
    return wrong;
  }
}
