package io.famfs.e2e;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The archives this machine's apt is configured for: sources.list(5), both formats.
///
/// Only read, to find the mirror of the Debian main archive that the machine uses already.
final class AptSources {
  private static final Set<String> SUITES =
      Set.of(
          "oldoldstable",
          "oldstable",
          "stable",
          "testing",
          "unstable",
          "sid",
          "experimental",
          "bullseye",
          "bookworm",
          "trixie",
          "forky",
          "duke");
  private static final Pattern ONE_LINE =
      Pattern.compile(
          "deb\\s+(?:\\[(?<options>[^\\]]*)\\]\\s+)?(?<uri>\\S+)\\s+(?<suite>\\S+)(?<components>.*)");

  private AptSources() {}

  /// One archive with one of its suites.
  record Entry(String uri, String suite, List<String> components, String signedBy) {}

  /// Reads `sources.list` and `sources.list.d` below an apt configuration directory.
  static List<Entry> read(Path etcApt) throws IOException {
    List<Entry> entries = new ArrayList<>();
    Path main = etcApt.resolve("sources.list");
    if (Files.isReadable(main)) {
      entries.addAll(parseOneLine(Files.readString(main)));
    }
    Path parts = etcApt.resolve("sources.list.d");
    if (!Files.isDirectory(parts)) {
      return entries;
    }
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> listing = Files.newDirectoryStream(parts, "*.{list,sources}")) {
      listing.forEach(files::add);
    }
    files.sort(Comparator.naturalOrder());
    for (Path file : files) {
      if (Files.isReadable(file)) {
        String text = Files.readString(file);
        entries.addAll(file.toString().endsWith(".list") ? parseOneLine(text) : parseDeb822(text));
      }
    }
    return entries;
  }

  /// `deb [option=value ...] URI SUITE COMPONENT...`
  static List<Entry> parseOneLine(String text) {
    List<Entry> entries = new ArrayList<>();
    for (String line : text.lines().toList()) {
      int comment = line.indexOf('#');
      Matcher m = ONE_LINE.matcher((comment < 0 ? line : line.substring(0, comment)).strip());
      if (m.matches()) {
        String options = m.group("options");
        entries.add(
            new Entry(
                m.group("uri"),
                m.group("suite"),
                Deb822.words(Map.of("c", m.group("components")), "c"),
                options == null ? "" : options));
      }
    }
    return entries;
  }

  /// `Types: deb`, `URIs: ...`, `Suites: ...`, `Components: ...`; disabled paragraphs are left out.
  static List<Entry> parseDeb822(String text) {
    List<Entry> entries = new ArrayList<>();
    for (Map<String, String> fields : Deb822.parse(text)) {
      boolean enabled =
          !fields.getOrDefault("enabled", "yes").toLowerCase(Locale.ROOT).startsWith("n");
      if (!enabled || !Deb822.words(fields, "types").contains("deb")) {
        continue;
      }
      for (String uri : Deb822.words(fields, "uris")) {
        for (String suite : Deb822.words(fields, "suites")) {
          entries.add(
              new Entry(
                  uri,
                  suite,
                  Deb822.words(fields, "components"),
                  fields.getOrDefault("signed-by", "")));
        }
      }
    }
    return entries;
  }

  /// The address that most likely is a full mirror of the Debian main archive.
  ///
  /// Other projects publish under Debian's suite names too; whoever is chosen wrongly fails at the
  /// signature, so this only has to prefer, not to prove.
  static Optional<String> debianMirror(List<Entry> entries) {
    return entries.stream()
        .filter(e -> e.components().contains("main") && SUITES.contains(e.suite()))
        .filter(e -> !e.uri().startsWith("cdrom:") && !e.uri().contains("debian-security"))
        .max(Comparator.comparingInt(e -> score(e, entries)))
        .map(Entry::uri);
  }

  private static int score(Entry entry, List<Entry> all) {
    int score = 0;
    if (entry.signedBy().contains("debian-archive")) {
      score += 4;
    }
    String updates = entry.suite() + "-updates";
    if (all.stream().anyMatch(e -> e.uri().equals(entry.uri()) && e.suite().equals(updates))) {
      score += 4;
    }
    if (entry.uri().matches(".*/debian(\\.list)?/?")) {
      score += 2;
    }
    return score;
  }
}
