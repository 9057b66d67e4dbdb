package io.famfs.store.namespace;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A directory with the path by which it was found. Not thread-safe.
final class ParentPath {
  private static final int MAX_BYTES = 128;

  private final MemorySegment bytes = MemorySegment.ofArray(new byte[MAX_BYTES]);
  private int lengthBytes;
  private @Nullable DirectoryInode directory;

  /// The directory, when this is its path.
  @Nullable DirectoryInode match(MemorySegment path, long offset, int pathBytes) {
    boolean same =
        pathBytes == lengthBytes
            && MemorySegment.mismatch(path, offset, offset + pathBytes, bytes, 0, pathBytes) < 0;
    return same ? directory : null;
  }

  /// Remembers a directory; one with a path that no log holds is not remembered.
  void set(DirectoryInode found, MemorySegment path, long offset, int pathBytes) {
    directory = null;
    if (pathBytes <= MAX_BYTES) {
      MemorySegment.copy(path, offset, bytes, 0, pathBytes);
      lengthBytes = pathBytes;
      directory = found;
    }
  }
}
