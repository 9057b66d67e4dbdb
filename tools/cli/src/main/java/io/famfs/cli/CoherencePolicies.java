package io.famfs.cli;

import io.famfs.dax.Coherence;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How devices are used when it comes to coherence: one policy for all, and exceptions.
///
/// @param common the policy of devices that are not named
/// @param own the policies of devices that are, by their real path
record CoherencePolicies(Coherence common, Map<Path, Coherence> own) {
  static final CoherencePolicies AUTO = new CoherencePolicies(Coherence.AUTO, Map.of());

  /// Reads words of the form `POLICY` or `DEVICE=POLICY`; later ones count.
  ///
  /// @throws CliException for a policy that does not exist
  static CoherencePolicies parse(List<String> words) {
    Coherence common = Coherence.AUTO;
    Map<Path, Coherence> own = new HashMap<>();
    for (String word : words) {
      int equals = word.lastIndexOf('=');
      Coherence policy = policy(word, word.substring(equals + 1));
      if (equals < 0) {
        common = policy;
      } else {
        own.put(real(Path.of(word.substring(0, equals))), policy);
      }
    }
    return new CoherencePolicies(common, Map.copyOf(own));
  }

  /// The policy of a device.
  Coherence of(Path device) {
    return own.getOrDefault(real(device), common);
  }

  /// Refuses policies of devices that are not used.
  void requireOnly(List<Path> devices) {
    List<Path> real = devices.stream().map(CoherencePolicies::real).toList();
    for (Path named : own.keySet()) {
      if (!real.contains(named)) {
        throw CliException.misuse("--coherence names " + named + ", which is no device here");
      }
    }
  }

  private static Path real(Path path) {
    return MountTable.followed(path.toAbsolutePath());
  }

  private static Coherence policy(String word, String name) {
    for (Coherence policy : Coherence.values()) {
      if (policy.name().toLowerCase(Locale.ROOT).equals(name)) {
        return policy;
      }
    }
    throw CliException.misuse(
        "--coherence "
            + word
            + ": there are auto, coherent, flush, and DEVICE= before one of them");
  }
}
