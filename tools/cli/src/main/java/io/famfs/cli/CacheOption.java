package io.famfs.cli;

import io.famfs.fuse.famfs.CachePolicy;
import io.famfs.fuse.famfs.FamfsOptions;
import picocli.CommandLine.Option;

/// The option that says how much guests may remember.
final class CacheOption {
  @Option(
      names = "--cache",
      paramLabel = "WHEN",
      description = {
        "none: guests remember no names and attributes; auto: for a second; always: as auto, for",
        "guests cannot be told of changes (default: ${DEFAULT-VALUE})."
      })
  private CachePolicy cache = CachePolicy.AUTO;

  FamfsOptions apply(FamfsOptions options) {
    return options.withCache(cache);
  }
}
