package io.famfs.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What a cached VM consists of and where it came from: a text file `manifest` in its directory.
///
/// ```
/// famfs-e2e-vm 1
/// kernel 7.3.4+deb13-cloud-amd64
/// suite trixie; date Sat, 12 Sep 2026 07:55:41 UTC; valid until further notice
/// package NAME VERSION BYTES SHA256
/// file BYTES PATH
/// end
/// ```
///
/// The last line is the sign that the file was written completely.
record Manifest(String kernel, List<String> suites, List<Deb> packages, List<Entry> files) {
  static final String NAME = "manifest";
  private static final String FIRST = "famfs-e2e-vm 1";
  private static final String LAST = "end";

  Manifest {
    suites = List.copyOf(suites);
    packages = List.copyOf(packages);
    files = List.copyOf(files);
  }

  /// A Debian package as it was downloaded.
  record Deb(String name, String version, long lengthBytes, String sha256) {}

  /// A regular file of the unpacked VM, its path relative to the directory of the manifest.
  record Entry(String path, long lengthBytes) {}

  String format() {
    StringBuilder text = new StringBuilder(FIRST).append('\n');
    text.append("kernel ").append(kernel).append('\n');
    suites.forEach(s -> text.append("suite ").append(s).append('\n'));
    for (Deb p : packages) {
      text.append(
          "package %s %s %d %s\n".formatted(p.name(), p.version(), p.lengthBytes(), p.sha256()));
    }
    files.forEach(f -> text.append("file %d %s\n".formatted(f.lengthBytes(), f.path())));
    return text.append(LAST).append('\n').toString();
  }

  /// @throws IOException when the text is not a whole manifest; the message says which line is
  ///   wrong
  static Manifest parse(String text) throws IOException {
    List<String> lines = text.lines().toList();
    if (lines.size() < 3 || !lines.getFirst().equals(FIRST) || !lines.getLast().equals(LAST)) {
      throw new IOException("not a complete manifest");
    }
    String kernel = "";
    List<String> suites = new ArrayList<>();
    List<Deb> packages = new ArrayList<>();
    List<Entry> files = new ArrayList<>();
    for (String line : lines.subList(1, lines.size() - 1)) {
      String[] w = line.split(" ", 2);
      try {
        switch (w[0]) {
          case "kernel" -> kernel = w[1];
          case "suite" -> suites.add(w[1]);
          case "package" -> packages.add(parsePackage(w[1].split(" ", -1)));
          case "file" -> files.add(parseFile(w[1].split(" ", 2)));
          default -> throw new IOException("unknown line in the manifest: " + line);
        }
      } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
        throw new IOException("malformed line in the manifest: " + line, e);
      }
    }
    return new Manifest(kernel, suites, packages, files);
  }

  private static Deb parsePackage(String[] w) {
    return new Deb(w[0], w[1], Long.parseLong(w[2]), w[3].toLowerCase(Locale.ROOT));
  }

  private static Entry parseFile(String[] w) {
    return new Entry(w[1], Long.parseLong(w[0]));
  }

  /// The manifest of a VM directory, if it has a whole one.
  static Optional<Manifest> read(Path directory) {
    try {
      return Optional.of(parse(Files.readString(directory.resolve(NAME))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// The regular files below `directory`, as a manifest lists them.
  static List<Entry> list(Path directory) throws IOException {
    List<Entry> found = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
        found.add(new Entry(directory.relativize(file).toString(), Files.size(file)));
      }
    }
    return found;
  }

  /// Whether every file listed is there with its size.
  boolean matches(Path directory) {
    for (Entry f : files) {
      try {
        if (Files.size(directory.resolve(f.path())) != f.lengthBytes()) {
          return false;
        }
      } catch (IOException e) {
        return false;
      }
    }
    return !files.isEmpty();
  }

  /// The version of a package, empty when the VM does not hold it.
  Optional<DebianVersion> version(String name) {
    return packages.stream()
        .filter(p -> p.name().equals(name))
        .map(p -> new DebianVersion(p.version()))
        .findFirst();
  }
}
