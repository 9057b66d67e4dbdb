package io.famfs.fuse.famfs;

import io.famfs.core.ByteSize;

/// Which files a guest reaches through its window, and which by READ and WRITE: `FUSE_ATTR_DAX` of
/// each file, which Linux looks at when it is mounted with `dax=inode` or without a `dax` option. A
/// guest that mounts with `dax=always` does not look, and one with `dax=never` does not map.
///
/// Only files that can be mapped are: their memory begins and ends at the granularity of the
/// window.
public sealed interface DaxPolicy {

  /// Every file that can be mapped.
  record Always() implements DaxPolicy {
    @Override
    public String toString() {
      return "always";
    }
  }

  /// None.
  record Never() implements DaxPolicy {
    @Override
    public String toString() {
      return "never";
    }
  }

  /// Files of a size.
  ///
  /// @param bytes the least, 0 or more
  record FromSize(long bytes) implements DaxPolicy {
    /// @throws IllegalArgumentException when it is negative
    public FromSize {
      if (bytes < 0) {
        throw new IllegalArgumentException("a size of " + bytes + " bytes");
      }
    }

    @Override
    public String toString() {
      return SIZE + bytes;
    }
  }

  /// Files that are worth it: those with pieces of 64 KiB or more, as long as the window is not
  /// slower than copying ([io.famfs.fuse.window.WindowGovernor]).
  record Governed() implements DaxPolicy {
    @Override
    public String toString() {
      return "governed";
    }
  }

  /// How a size begins.
  String SIZE = "size:";

  /// Reads `always`, `never`, `size:N` or `governed`; N as [ByteSize#parse(String)] takes it.
  ///
  /// @throws IllegalArgumentException for anything else
  static DaxPolicy parse(String text) {
    if (text.startsWith(SIZE)) {
      return new FromSize(ByteSize.parse(text.substring(SIZE.length())));
    }
    return switch (text) {
      case "always" -> new Always();
      case "never" -> new Never();
      case "governed" -> new Governed();
      default ->
          throw new IllegalArgumentException(
              "'" + text + "' is none of always, never, size:N, governed");
    };
  }
}
