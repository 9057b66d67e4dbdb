package io.famfs.e2e;

import java.nio.file.Path;
import java.util.List;

/// Debian packages unpacked into one directory, whose programs run there through their own dynamic
/// loader and libraries.
///
/// @param root where the packages have `/`
record UnpackedPrograms(Path root) {
  /// Where the libraries are, below the root.
  static final String LIBRARIES = "usr/lib/x86_64-linux-gnu";

  static final String LOADER = "ld-linux-x86-64.so.2";

  Path libraries() {
    return root.resolve(LIBRARIES);
  }

  Path loader() {
    return libraries().resolve(LOADER);
  }

  /// The first words of a command line.
  ///
  /// @param program below the root
  List<String> command(String program) {
    return List.of(
        loader().toString(),
        "--library-path",
        libraries().toString(),
        root.resolve(program).toString());
  }
}
