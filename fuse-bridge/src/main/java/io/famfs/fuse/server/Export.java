package io.famfs.fuse.server;

/// What the clients of a door get of a file system, and as whom.
///
/// @param readOnly whether every change is refused with EROFS, whatever the file system allows
/// @param subdirectory the directory that is their root, as a path relative to the file system's
///   own; empty for all of it. They reach nothing outside.
/// @param identities as whom they act, and whom they see as owners
public record Export(boolean readOnly, String subdirectory, Identities identities) {
  private static final Export ALL = new Export(false, "", Identities.same());

  public Export {
    subdirectory = plain(subdirectory);
  }

  /// Everything.
  public static Export all() {
    return ALL;
  }

  /// The same with a choice about changes.
  public Export withReadOnly(boolean refuseChanges) {
    return new Export(refuseChanges, subdirectory, identities);
  }

  /// The same below a directory.
  ///
  /// @param path slashes at its ends and doubled ones mean nothing
  /// @throws IllegalArgumentException when it has `.` or `..` in it
  public Export below(String path) {
    return new Export(readOnly, path, identities);
  }

  /// The same for others.
  public Export as(Identities others) {
    return new Export(readOnly, subdirectory, others);
  }

  private static String plain(String path) {
    StringBuilder plain = new StringBuilder();
    for (String name : path.split("/", -1)) {
      if (name.equals(".") || name.equals("..")) {
        throw new IllegalArgumentException(
            "the directory '" + path + "' is to be named without . and ..");
      }
      if (!name.isEmpty()) {
        plain.append(plain.isEmpty() ? "" : "/").append(name);
      }
    }
    return plain.toString();
  }
}
