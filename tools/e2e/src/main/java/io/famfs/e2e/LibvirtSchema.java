package io.famfs.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Libvirt's own schema of the description of a guest, out of Debian's package, with the program
/// that compares a document with it. Immutable.
public final class LibvirtSchema {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Path root;

  private LibvirtSchema(Path root) {
    this.root = root;
  }

  /// Finds the packages in the cache, or fetches them: about 10 MB.
  ///
  /// @throws VmUnavailableException when they cannot be had; one sentence for the user
  public static LibvirtSchema obtain(Progress progress)
      throws VmUnavailableException, InterruptedException {
    Map<String, String> environment = System.getenv();
    VmCache cache = VmCache.of(environment);
    Wanted wanted = Wanted.libvirtSchema(environment);
    cache.obtain(List.of(wanted), progress, () -> {});
    return new LibvirtSchema(cache.of(wanted).resolve("root"));
  }

  /// What is wrong with a description of a guest, empty when it is as libvirt wants it.
  ///
  /// @param domain the document, whose root is `domain`
  public String complaints(String domain) throws IOException, InterruptedException {
    Path document = Files.createTempFile("famfs-domain", ".xml");
    try {
      Files.writeString(document, domain);
      List<String> words = new ArrayList<>(new UnpackedPrograms(root).command("usr/bin/xmllint"));
      words.addAll(List.of("--noout", "--nonet", "--relaxng"));
      words.add(root.resolve("usr/share/libvirt/schemas/domain.rng").toString());
      words.add(document.toString());
      Command.Outcome outcome = new Command(words, Map.of(), Path.of("/")).run(LIMIT);
      return outcome.failed() ? outcome.output() : "";
    } finally {
      Files.delete(document);
    }
  }
}
