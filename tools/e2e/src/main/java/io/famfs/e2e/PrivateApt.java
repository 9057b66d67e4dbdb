package io.famfs.e2e;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// apt-get with a state directory of its own: another Debian suite looked into from this machine.
///
/// The machine's apt configuration is not changed and, apart from proxies and the like, not used.
/// The package database it sees is empty, so that a dependency closure is complete. Signatures and
/// the expiry of Release files are checked by apt, whatever the machine's own configuration says.
final class PrivateApt {
  private static final Duration LIMIT = Duration.ofMinutes(15);
  private static final Pattern PRINTED_URI =
      Pattern.compile("^'[^']+' (\\S+)_[^_]+_[^_]+\\.deb (\\d+) .*");

  private final Path state;
  private final String architecture;

  /// A package of a closure: its name and the size of its file in bytes.
  record Planned(String name, long lengthBytes) {}

  private PrivateApt(Path state, String architecture) {
    this.state = state;
    this.architecture = architecture;
  }

  /// Makes the state directory for `suites` of `mirror`; the last suite wins where several have a
  /// package.
  static PrivateApt create(
      Path state, Path keyring, String mirror, List<String> suites, String architecture)
      throws IOException, InterruptedException {
    for (String d : List.of("etc/apt.conf.d", "etc/preferences.d", "etc/sources.list.d")) {
      Files.createDirectories(state.resolve(d));
    }
    Files.createDirectories(state.resolve("lists/partial"));
    Files.createDirectories(state.resolve("cache/archives/partial"));
    Files.writeString(state.resolve("status"), "");
    StringBuilder sources = new StringBuilder();
    for (String suite : suites) {
      sources.append("deb [signed-by=%s] %s %s main%n".formatted(keyring, mirror, suite));
    }
    Files.writeString(state.resolve("etc/sources.list"), sources);
    PrivateApt apt = new PrivateApt(state, architecture);
    Files.writeString(state.resolve("conf"), apt.configuration(suites.getLast()));
    return apt;
  }

  private String configuration(String defaultRelease) throws IOException, InterruptedException {
    return """
    %s
    Dir::State::lists "%s/lists";
    Dir::State::status "%s/status";
    Dir::Cache "%s/cache";
    Dir::Etc "%s/etc";
    APT::Architecture "%s";
    APT::Architectures { "%s"; };
    APT::Default-Release "%s";
    APT::Install-Recommends "false";
    APT::Sandbox::User "root";
    APT::Get::AllowUnauthenticated "false";
    Acquire::AllowInsecureRepositories "false";
    Acquire::AllowWeakRepositories "false";
    Acquire::AllowDowngradeToInsecureRepositories "false";
    Acquire::Check-Valid-Until "true";
    Acquire::Languages "none";
    Acquire::PDiffs "false";
    Acquire::Retries "2";
    Acquire::http::Timeout "20";
    Acquire::https::Timeout "20";
    #clear Acquire::IndexTargets::deb::DEP-11;
    #clear Acquire::IndexTargets::deb::CNF;
    """
        .formatted(
            inheritedTransport(),
            state,
            state,
            state,
            state,
            architecture,
            architecture,
            defaultRelease);
  }

  /// How the machine's own apt reaches the network: proxies, address family, certificates.
  private static String inheritedTransport() throws IOException, InterruptedException {
    Command.Outcome dump = Command.of("apt-config", "dump").run(Duration.ofSeconds(30));
    Pattern wanted = Pattern.compile("Acquire::(http|https|ForceIPv[46])(::[^ ]*)? .*;");
    return String.join("\n", dump.output().lines().filter(wanted.asMatchPredicate()).toList());
  }

  private Command.Outcome run(List<String> words) throws IOException, InterruptedException {
    return command(state, words).run(LIMIT);
  }

  private Command command(Path directory, List<String> words) {
    Map<String, String> environment =
        Map.of("APT_CONFIG", state.resolve("conf").toString(), "DEBIAN_FRONTEND", "noninteractive");
    return new Command(words, environment, directory);
  }

  /// Fetches and checks the package lists.
  ///
  /// @throws AptException with the reason, when not every suite could be had
  void update() throws IOException, InterruptedException {
    Command.Outcome outcome = run(List.of("apt-get", "-q", "update", "--error-on=any"));
    if (outcome.failed()) {
      throw AptException.of(outcome.output());
    }
  }

  /// The fields of the version of `name` that would be installed.
  Optional<Map<String, String>> show(String name) throws IOException, InterruptedException {
    Command.Outcome outcome = run(List.of("apt-cache", "show", "--no-all-versions", name));
    return outcome.failed()
        ? Optional.empty()
        : Deb822.parse(outcome.output()).stream().findFirst();
  }

  /// The names of the packages that `fields` depends on.
  static List<String> dependencies(Map<String, String> fields) {
    return Arrays.stream(fields.getOrDefault("depends", "").split("[,|]", -1))
        .map(d -> d.strip().replaceFirst("[\\s:(].*", ""))
        .filter(d -> !d.isEmpty())
        .toList();
  }

  /// Everything that installing `names` on an empty machine would bring.
  List<Planned> closure(List<String> names) throws IOException, InterruptedException {
    List<String> words =
        new ArrayList<>(List.of("apt-get", "install", "--print-uris", "-qq", "-y"));
    words.addAll(names);
    Command.Outcome outcome = run(words);
    if (outcome.failed()) {
      throw AptException.of(outcome.output());
    }
    List<Planned> planned = new ArrayList<>();
    for (String line : outcome.output().lines().toList()) {
      Matcher m = PRINTED_URI.matcher(line);
      if (m.matches()) {
        planned.add(new Planned(m.group(1), Long.parseLong(m.group(2))));
      }
    }
    return planned;
  }

  /// Downloads the named packages into `directory`; apt checks them against the signed lists.
  ///
  /// @param tick called every few seconds meanwhile
  void download(List<String> names, Path directory, Runnable tick)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("apt-get", "-q", "download"));
    words.addAll(names);
    Command.Outcome outcome = command(directory, words).run(LIMIT, tick);
    if (outcome.failed()) {
      throw AptException.of(outcome.output());
    }
  }

  /// What the Release file of each suite says about itself, for the manifest.
  List<String> releases() throws IOException {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(state.resolve("lists"), "*{InRelease,_Release}")) {
      for (Path file : files) {
        for (Map<String, String> p : Deb822.parse(Files.readString(file))) {
          if (p.containsKey("codename")) {
            found.add(
                "%s; date %s; valid until %s"
                    .formatted(
                        p.get("codename"),
                        p.getOrDefault("date", "unknown"),
                        p.getOrDefault("valid-until", "further notice")));
          }
        }
      }
    }
    return found.stream().sorted().toList();
  }
}
