package io.famfs.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Programs of Debian for guests of this machine's own kind, as the distribution ships them: fio,
/// the GNU tools, rsync, Python, SQLite.
///
/// They are fetched once into the cache of the VM, checked and recorded as the VM is. A guest gets
/// only those that its spec names, with the libraries that they load, at their usual places; they
/// come before busybox in its PATH. Immutable.
public final class GuestPrograms {
  private static final String LIBRARIES = UnpackedPrograms.LIBRARIES;

  /// Where libraries lie; those of Ceph, which fio can use, are found by a path in their users.
  private static final List<String> LIBRARY_DIRECTORIES = List.of(LIBRARIES, LIBRARIES + "/ceph");

  private static final String LOADER = UnpackedPrograms.LOADER;
  private static final Duration LIST_LIMIT = Duration.ofSeconds(30);

  /// A line of the dynamic loader's `--list`: `libc.so.6 => /path/libc.so.6 (0x7f...)`.
  private static final Pattern NEEDED =
      Pattern.compile("^\\s*(\\S+) => (\\S.*?)(?: \\(0x\\w+\\))?$");

  private final Path root;

  private GuestPrograms(Path root) {
    this.root = root;
  }

  /// Finds the packages in the cache, or fetches them: about 30 MB.
  ///
  /// @throws VmUnavailableException when they cannot be had; one sentence for the user
  public static GuestPrograms obtain(Progress progress)
      throws VmUnavailableException, InterruptedException {
    Map<String, String> environment = System.getenv();
    VmCache cache = VmCache.of(environment);
    Wanted wanted = Wanted.programs(environment);
    cache.obtain(List.of(wanted), progress, () -> {});
    return new GuestPrograms(cache.of(wanted).resolve("root"));
  }

  /// Adds programs to a guest.
  ///
  /// @param names of `/usr/bin` of the packages
  /// @throws IllegalArgumentException when the packages do not have one of them
  /// @throws IOException when one cannot be read, or one of its libraries is missing
  public GuestSpec add(GuestSpec spec, String... names) throws IOException, InterruptedException {
    Map<String, Path> files = new LinkedHashMap<>();
    for (String name : names) {
      Path program = root.resolve("usr/bin").resolve(name);
      if (!Files.isRegularFile(program)) {
        throw new IllegalArgumentException("the packages for guests have no program " + name);
      }
      files.put("usr/bin/" + name, program);
      needed(program, files);
    }
    return placed(spec, files);
  }

  /// Adds a whole directory of the packages, such as the modules of an interpreter, and the
  /// libraries that its libraries load.
  ///
  /// @param directory relative to the root
  public GuestSpec addTree(GuestSpec spec, String directory)
      throws IOException, InterruptedException {
    Map<String, Path> files = new LinkedHashMap<>();
    try (Stream<Path> walk = Files.walk(root.resolve(directory))) {
      for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
        files.put(root.relativize(file).toString(), file);
        if (file.toString().endsWith(".so")) {
          needed(file, files);
        }
      }
    }
    return placed(spec, files);
  }

  private static GuestSpec placed(GuestSpec spec, Map<String, Path> files) throws IOException {
    GuestSpec with = spec;
    for (Map.Entry<String, Path> file : files.entrySet()) {
      with = with.file("/" + file.getKey(), file.getValue());
    }
    return with;
  }

  /// Adds what the dynamic loader would load for a program, and the loader itself.
  private void needed(Path program, Map<String, Path> files)
      throws IOException, InterruptedException {
    Path loader = root.resolve(LIBRARIES).resolve(LOADER);
    String path =
        LIBRARY_DIRECTORIES.stream()
            .map(d -> root.resolve(d).toString())
            .collect(Collectors.joining(":"));
    Command list =
        new Command(
            List.of(loader.toString(), "--library-path", path, "--list", program.toString()),
            Map.of(),
            Path.of("/"));
    Command.Outcome outcome = list.run(LIST_LIMIT);
    if (outcome.failed() && !outcome.output().contains("statically linked")) {
      throw new IOException("cannot tell what %s needs: %s".formatted(program, outcome.lastLine()));
    }
    files.put("lib64/" + LOADER, loader);
    for (String line : outcome.output().lines().toList()) {
      Matcher m = NEEDED.matcher(line);
      if (m.matches()) {
        Path library = Path.of(m.group(2));
        if (!Files.isRegularFile(library)) {
          throw new IOException("%s needs %s, which no package has".formatted(program, m.group(1)));
        }
        files.put(root.relativize(library).toString(), library);
      }
    }
  }
}
