package io.famfs.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Other servers of Debian, for comparisons: virtiofsd.
///
/// They are fetched once into the cache of the VM, checked and recorded as the VM is; nothing is
/// installed, they run through their own dynamic loader. Immutable.
public final class PeerPrograms {
  private static final String VIRTIOFSD = "usr/libexec/virtiofsd";

  private final Path directory;

  private PeerPrograms(Path directory) {
    this.directory = directory;
  }

  /// Finds the packages in the cache, or fetches them: about 5 MB.
  ///
  /// @throws VmUnavailableException when they cannot be had; one sentence for the user
  public static PeerPrograms obtain(Progress progress)
      throws VmUnavailableException, InterruptedException {
    Map<String, String> environment = System.getenv();
    VmCache cache = VmCache.of(environment);
    Wanted wanted = Wanted.peers(environment);
    cache.obtain(List.of(wanted), progress, () -> {});
    PeerPrograms peers = new PeerPrograms(cache.of(wanted));
    if (!Files.isRegularFile(peers.root().resolve(VIRTIOFSD))) {
      throw new VmUnavailableException("the package virtiofsd has no " + VIRTIOFSD);
    }
    return peers;
  }

  private Path root() {
    return directory.resolve("root");
  }

  /// The first words of a command line of virtiofsd.
  public List<String> virtiofsd() {
    return new UnpackedPrograms(root()).command(VIRTIOFSD);
  }

  /// The version of virtiofsd as its authors count, "unknown" without a manifest.
  public String virtiofsdVersion() {
    return Manifest.read(directory)
        .flatMap(m -> m.version("virtiofsd"))
        .map(DebianVersion::upstream)
        .orElse("unknown");
  }
}
