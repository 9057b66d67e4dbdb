package io.famfs.os.sandbox;

import java.nio.file.Path;

/// A file or directory that is needed after the start, with all that is below it.
///
/// @param path absolute; where it does not exist, nothing is allowed
/// @param kind what is done with it
public record PathAccess(Path path, Kind kind) {
  /// What is done with a path.
  public enum Kind {
    /// Files are opened to read, directories listed.
    READ,
    /// Files are opened to read and write, devices controlled; nothing is made or removed.
    USE,
    /// Sockets in a directory are made, and files removed.
    SOCKETS,
    /// Files, directories and sockets are made, changed and removed.
    CHANGE
  }

  /// To read.
  public static PathAccess read(Path path) {
    return new PathAccess(path.toAbsolutePath(), Kind.READ);
  }

  /// To read and write what is there.
  public static PathAccess use(Path path) {
    return new PathAccess(path.toAbsolutePath(), Kind.USE);
  }

  /// To make and remove sockets in a directory.
  public static PathAccess sockets(Path path) {
    return new PathAccess(path.toAbsolutePath(), Kind.SOCKETS);
  }

  /// To make and remove files in a directory, too.
  public static PathAccess change(Path path) {
    return new PathAccess(path.toAbsolutePath(), Kind.CHANGE);
  }
}
