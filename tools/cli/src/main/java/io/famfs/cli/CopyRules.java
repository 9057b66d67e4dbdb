package io.famfs.cli;

import java.io.IOException;
import java.nio.file.Path;

/// How a [Copier] works.
///
/// @param action what is done with each file
/// @param threads how many parts of files are worked on at a time
/// @param keepTimes whether copies get the time of the last change of their sources
/// @param ownership whose each copy is
/// @param layouts how the space of each new file is laid out
record CopyRules(
    Action action,
    int threads,
    boolean keepTimes,
    SourceOwnership ownership,
    Interleaving.Layouts layouts) {

  /// What is done with a file.
  enum Action {
    /// Make it, or fill it again where it exists with the same size.
    COPY,
    /// As COPY, but leave those parts alone that are equal already.
    RESUME,
    /// Change nothing; a file that is missing or not equal is a failure.
    COMPARE
  }

  /// Whose the copy of a file or directory of this host is.
  @FunctionalInterface
  interface SourceOwnership {
    Tree.Ownership of(Path source) throws IOException;
  }
}
