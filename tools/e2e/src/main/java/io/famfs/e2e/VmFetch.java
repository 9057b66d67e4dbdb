package io.famfs.e2e;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Fetches packages, such as those of a VM, from the Debian archive and unpacks them into a
/// directory.
///
/// Suites move, so nothing names a version: of the first set of suites that offers new enough ones,
/// the newest is taken, and the manifest records which.
final class VmFetch {
  /// Dependencies that only installing (scripts of the packages) needs, not running.
  private static final Pattern NOT_NEEDED =
      Pattern.compile(
          "adduser|passwd|debconf|login\\.defs|base-passwd|libdebconfclient0|libsemanage.*|libpam.*"
              + "|libaudit.*|libdb5.*|libbsd0|gcc-.*-base|openssl-provider-legacy|ipxe-qemu"
              + "|libpcre2-posix3|perl-base|dpkg|tar|sensible-utils|ucf");

  private static final List<String> DROPPED =
      List.of(
          "usr/share/doc",
          "usr/share/man",
          "usr/share/locale",
          "usr/share/lintian",
          "usr/share/bug",
          "usr/share/applications",
          "usr/share/icons",
          "usr/share/info",
          "usr/lib/x86_64-linux-gnu/gconv");

  private final Wanted wanted;
  private final Path target;
  private final Path work;
  private final Progress progress;

  private VmFetch(Wanted wanted, Path target, Progress progress) {
    this.wanted = wanted;
    this.target = target;
    this.work = target.resolve(".work");
    this.progress = progress;
  }

  /// Fills the empty directory `target` with what is wanted and its manifest.
  static void into(Wanted wanted, Path target, Progress progress)
      throws IOException, InterruptedException {
    new VmFetch(wanted, target, progress).fetch();
  }

  private void fetch() throws IOException, InterruptedException {
    Path keyring = keyring();
    String mirror = mirror();
    Map<String, String> refusals = new LinkedHashMap<>();
    for (List<String> suites : wanted.suites()) {
      String names = String.join(" + ", suites);
      progress.say(
          "looking for %s in Debian %s for %s"
              .formatted(wanted.needs(), names, wanted.architecture()));
      try {
        deleteTree(work);
        PrivateApt apt =
            PrivateApt.create(work.resolve("apt"), keyring, mirror, suites, wanted.architecture());
        apt.update();
        fetchFrom(apt);
        return;
      } catch (AptException | TooOldException e) {
        progress.say("not from " + names + ": " + e.getMessage());
        if (e instanceof AptException apt && apt.noNetwork()) {
          throw new VmUnavailableException("cannot look for packages: " + e.getMessage(), e);
        }
        refusals.merge(String.valueOf(e.getMessage()), names, (a, b) -> a + ", " + b);
      }
    }
    throw new VmUnavailableException(
        "no Debian suite of %s has %s for %s: %s"
            .formatted(
                mirror,
                wanted.needs(),
                wanted.architecture(),
                refusals.entrySet().stream()
                    .map(r -> r.getValue() + ": " + r.getKey())
                    .collect(Collectors.joining("; "))));
  }

  /// The suites can be used but hold nothing new enough.
  private static final class TooOldException extends IOException {
    private static final long serialVersionUID = 1L;

    TooOldException(String message) {
      super(message);
    }
  }

  private static Path keyring() throws VmUnavailableException {
    if (!Files.exists(Path.of("/usr/bin/apt-get")) || !Files.exists(Path.of("/usr/bin/dpkg-deb"))) {
      throw new VmUnavailableException(
          "cannot fetch packages: this machine has no apt-get and dpkg-deb (not Debian?)");
    }
    for (String name : List.of("debian-archive-keyring.pgp", "debian-archive-keyring.gpg")) {
      Path file = Path.of("/usr/share/keyrings", name);
      if (Files.isReadable(file)) {
        return file;
      }
    }
    throw new VmUnavailableException(
        "cannot check signatures: the package debian-archive-keyring is not installed");
  }

  private static String mirror() throws IOException {
    String given = System.getenv("FAMFS_E2E_MIRROR");
    if (given != null && !given.isBlank()) {
      return given;
    }
    return AptSources.debianMirror(AptSources.read(Path.of("/etc/apt")))
        .orElseThrow(() ->
            new VmUnavailableException(
                "cannot choose a mirror: the apt sources of this machine name no Debian"
                    + " archive, set FAMFS_E2E_MIRROR to the address of one"));
  }

  private void fetchFrom(PrivateApt apt) throws IOException, InterruptedException {
    for (Map.Entry<String, String> need : wanted.atLeast().entrySet()) {
      candidate(apt, need.getKey(), need.getValue());
    }
    List<String> names = new ArrayList<>();
    long lengthBytes = 0;
    if (!wanted.programs().isEmpty()) {
      for (PrivateApt.Planned p : apt.closure(wanted.programs())) {
        if (wanted.programs().contains(p.name()) || !NOT_NEEDED.matcher(p.name()).matches()) {
          names.add(p.name());
          lengthBytes += p.lengthBytes();
        }
      }
    }
    String image = image(apt);
    List<String> files = new ArrayList<>(wanted.files());
    if (!image.isEmpty()) {
      files.add(kernelPackage(apt, image));
    }
    for (String name : files) {
      lengthBytes += Long.parseLong(apt.show(name).orElse(Map.of()).getOrDefault("size", "0"));
      names.add(name);
    }
    progress.say("downloading %d packages, %.0f MB".formatted(names.size(), lengthBytes / 1e6));
    Path debs = Files.createDirectories(work.resolve("debs"));
    double totalMb = lengthBytes / 1e6;
    apt.download(
        names,
        debs,
        () -> progress.say("downloaded %.0f of %.0f MB".formatted(sizeOf(debs) / 1e6, totalMb)));
    progress.say("unpacking");
    List<Manifest.Deb> packages = unpack(debs);
    prune();
    if (!image.isEmpty()) {
      placeKernel();
    }
    List<String> releases = apt.releases();
    deleteTree(work);
    String release = image.isEmpty() ? "none" : image.substring("linux-image-".length());
    Manifest manifest = new Manifest(release, releases, packages, Manifest.list(target));
    Files.writeString(target.resolve(Manifest.NAME), manifest.format());
  }

  /// The image package of the newest kernel, empty when none is wanted.
  private String image(PrivateApt apt) throws IOException, InterruptedException {
    String meta = wanted.kernel();
    if (meta == null) {
      return "";
    }
    return PrivateApt.dependencies(apt.show(meta).orElse(Map.of())).stream()
        .filter(d -> d.startsWith("linux-image-"))
        .findFirst()
        .orElseThrow(() -> new TooOldException(meta + " names no kernel"));
  }

  private static long sizeOf(Path directory) {
    try {
      return Manifest.list(directory).stream().mapToLong(Manifest.Entry::lengthBytes).sum();
    } catch (IOException | UncheckedIOException e) {
      // A file was renamed between listing and looking; the next report is right again.
      return 0;
    }
  }

  private static Map<String, String> candidate(PrivateApt apt, String name, String atLeast)
      throws IOException, InterruptedException {
    Map<String, String> fields = apt.show(name).orElse(Map.of());
    String version = fields.get("version");
    if (version == null) {
      throw new TooOldException("there is no " + name);
    }
    if (!new DebianVersion(version).atLeast(atLeast)) {
      throw new TooOldException(
          "%s is %s, at least %s is needed".formatted(name, version, atLeast));
    }
    return fields;
  }

  /// The package with the kernel itself: newer images only bind together a binary and its modules.
  private static String kernelPackage(PrivateApt apt, String image)
      throws IOException, InterruptedException {
    return PrivateApt.dependencies(apt.show(image).orElse(Map.of())).stream()
        .filter(d -> d.startsWith("linux-binary-"))
        .findFirst()
        .orElse(image);
  }

  private List<Manifest.Deb> unpack(Path debs) throws IOException, InterruptedException {
    Path root = Files.createDirectories(target.resolve("root"));
    Path kernel = Files.createDirectories(work.resolve("kernel"));
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> listing = Files.newDirectoryStream(debs, "*.deb")) {
      listing.forEach(files::add);
    }
    files.sort(null);
    List<Manifest.Deb> packages = new ArrayList<>();
    for (Path deb : files) {
      Manifest.Deb described = describe(deb);
      packages.add(described);
      Path into = described.name().startsWith("linux-") ? kernel : root;
      Command.Outcome outcome =
          Command.of("dpkg-deb", "-x", deb.toString(), into.toString()).run(Duration.ofMinutes(5));
      if (outcome.failed()) {
        throw new VmUnavailableException(
            "cannot unpack %s: %s".formatted(deb.getFileName(), outcome.lastLine()));
      }
    }
    return packages;
  }

  private static Manifest.Deb describe(Path deb) throws IOException, InterruptedException {
    Command.Outcome outcome =
        Command.of("dpkg-deb", "-W", "--showformat=${Package} ${Version}", deb.toString())
            .run(Duration.ofMinutes(1));
    String[] words = outcome.output().strip().split(" ", -1);
    if (outcome.failed() || words.length != 2) {
      throw new VmUnavailableException(
          "cannot read %s: %s".formatted(deb.getFileName(), outcome.lastLine()));
    }
    return new Manifest.Deb(words[0], words[1], Files.size(deb), sha256(deb));
  }

  static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private void prune() throws IOException {
    for (String dropped : DROPPED) {
      deleteTree(target.resolve("root").resolve(dropped));
    }
  }

  private void placeKernel() throws IOException {
    Optional<Path> found;
    try (Stream<Path> walk = Files.walk(work.resolve("kernel"))) {
      found =
          walk.filter(Files::isRegularFile)
              .filter(p -> p.getFileName().toString().matches("vmlinuz(-.*)?"))
              .findFirst();
    }
    Files.move(
        found.orElseThrow(() -> new VmUnavailableException("the kernel package holds no kernel")),
        target.resolve("vmlinuz"));
    List<String> modules = wanted.modules();
    for (int i = 0; i < modules.size(); i++) {
      Files.move(module(modules.get(i)), VmImage.module(target, i));
    }
  }

  private Path module(String name) throws IOException {
    Path kernel = work.resolve("kernel");
    try (Stream<Path> walk = Files.walk(kernel)) {
      return walk.filter(p -> p.getFileName().toString().equals(name + ".ko"))
          .findFirst()
          .orElseThrow(
              () -> new VmUnavailableException("the kernel package holds no " + name + ".ko"));
    }
  }

  static void deleteTree(Path top) throws IOException {
    if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> walk = Files.walk(top)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
