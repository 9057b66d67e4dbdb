package io.famfs.e2e.cases;

/// A file or directory of the volume of the cases.
///
/// @param path relative to the root
/// @param sizeBytes size of a file; -1 for a directory
/// @param mode permission bits
/// @param uid owner
/// @param gid group
record TreeFile(String path, int sizeBytes, int mode, int uid, int gid) {
  private static final int FILE_TYPE = 0100000;
  private static final int DIRECTORY_TYPE = 0040000;

  static TreeFile file(String path, int sizeBytes) {
    return new TreeFile(path, sizeBytes, 0644, 0, 0);
  }

  static TreeFile directory(String path) {
    return new TreeFile(path, -1, 0755, 0, 0);
  }

  TreeFile mode(int bits) {
    return new TreeFile(path, sizeBytes, bits, uid, gid);
  }

  TreeFile owner(int user, int group) {
    return new TreeFile(path, sizeBytes, mode, user, group);
  }

  boolean isDirectory() {
    return sizeBytes < 0;
  }

  /// The seed of its content, which is of the [Pattern].
  long seed() {
    return path.hashCode() & 0xffffffffL;
  }

  byte[] content() {
    return Pattern.bytes(seed(), 0, sizeBytes);
  }

  /// As `stat -c '%f %u %g %s ./%n'` in the mount.
  String status() {
    int type = isDirectory() ? DIRECTORY_TYPE : FILE_TYPE;
    return "%x %d %d %d ./%s".formatted(type | mode, uid, gid, Math.max(0, sizeBytes), path);
  }
}
