package io.famfs.store.namespace;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A directory with the path by which it was found. Not thread-safe.
final class ParentPath {
  private static final int MAX_BYTES = 128;

  private final byte[] path = new byte[MAX_BYTES];
  private int lengthBytes;
  private @Nullable DirectoryInode directory;

  /// The directory, when this is its path.
  @Nullable DirectoryInode match(byte[] bytes, int offset, int pathBytes) {
    boolean same =
        pathBytes == lengthBytes
            && Arrays.equals(bytes, offset, offset + pathBytes, path, 0, pathBytes);
    return same ? directory : null;
  }

  /// Remembers a directory; one with a path that no log holds is not remembered.
  void set(DirectoryInode found, byte[] bytes, int offset, int pathBytes) {
    directory = null;
    if (pathBytes <= MAX_BYTES) {
      System.arraycopy(bytes, offset, path, 0, pathBytes);
      lengthBytes = pathBytes;
      directory = found;
    }
  }
}
