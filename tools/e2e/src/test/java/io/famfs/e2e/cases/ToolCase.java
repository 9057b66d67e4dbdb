package io.famfs.e2e.cases;

import java.util.List;

/// Something that people do with ordinary tools in a file system.
///
/// Scripts are for bash with `-eo pipefail`, with the file system as `$M` and an empty directory
/// elsewhere as `$T`.
///
/// @param name a word
/// @param needs a program that not every machine has; empty when there is none
/// @param steps done in this order
record ToolCase(String name, String needs, List<Step> steps) {
  /// One thing that is done or looked at.
  sealed interface Step {}

  /// A script that has to succeed.
  record Does(String script) implements Step {}

  /// A script that has to fail with these words.
  record Refuses(String reason, String script) implements Step {}

  /// A file that comes to be in the log, in one piece, with no more space than it needs.
  ///
  /// @param path relative to `$M`
  /// @param mode permission bits
  record Keeps(String path, long sizeBytes, int mode) implements Step {}

  ToolCase {
    steps = List.copyOf(steps);
  }

  static ToolCase of(String name, Step... steps) {
    return new ToolCase(name, "", List.of(steps));
  }

  static ToolCase with(String program, String name, Step... steps) {
    return new ToolCase(name, program, List.of(steps));
  }

  static Step does(String script) {
    return new Does(script);
  }

  static Step refuses(String reason, String script) {
    return new Refuses(reason, script);
  }

  static Step keeps(String path, long sizeBytes) {
    return new Keeps(path, sizeBytes, 0644);
  }
}
