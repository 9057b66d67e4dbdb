package io.famfs.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// The option that says who else uses the memory of the devices.
final class CoherenceOptions {
  @Option(
      names = "--coherence",
      paramLabel = "[DEVICE=]POLICY",
      split = ",",
      description = {
        "coherent: this host and its guests alone use the memory; flush: other hosts do, so cache",
        "lines are written back and dropped; auto: flush for device-dax, coherent for files."
      })
  private List<String> words = new ArrayList<>();

  CoherencePolicies policies() {
    return CoherencePolicies.parse(words);
  }

  /// The option as it was given, for another command; empty when it was not.
  List<String> arguments() {
    return words.isEmpty() ? List.of() : List.of("--coherence", String.join(",", words));
  }
}
