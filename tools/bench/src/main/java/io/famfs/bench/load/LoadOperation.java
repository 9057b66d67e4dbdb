package io.famfs.bench.load;

import java.util.Locale;

/// What one request of a load does.
///
/// @param kind what
/// @param bytes how much of the file, 0 where that has no meaning
public record LoadOperation(Kind kind, int bytes) {
  /// The largest request of Linux without special settings.
  public static final int MAX_BYTES = 1 << 20;

  /// A range of a window as Linux maps it.
  private static final int RANGE_BYTES = 2 << 20;

  private static final int PAGE_BYTES = 4096;

  /// Kinds of requests.
  public enum Kind {
    /// Attributes of the file.
    GETATTR(false),
    /// The file, by its name in its directory.
    LOOKUP(false),
    /// An open and the release of what was opened, counted as one.
    OPEN(false),
    /// Bytes of the file.
    READ(true),
    /// Bytes to the file.
    WRITE(true),
    /// A range of the file mapped into the window and each of its pages loaded from once.
    SETUPMAPPING(true);

    private final boolean sized;

    Kind(boolean sized) {
      this.sized = sized;
    }
  }

  /// @throws IllegalArgumentException for a size that cannot be
  public LoadOperation {
    boolean mapped = kind == Kind.SETUPMAPPING;
    int most = mapped ? RANGE_BYTES : MAX_BYTES;
    if (kind.sized && (bytes < 1 || bytes > most || (mapped && bytes % PAGE_BYTES != 0))) {
      throw new IllegalArgumentException(
          kind + " of " + bytes + " bytes: at most " + most + (mapped ? ", whole pages" : ""));
    }
  }

  /// `getattr`, `lookup`, `open`, `read:4k`, `write:1M`, `setupmapping:2M`.
  ///
  /// @throws IllegalArgumentException with what is wrong
  public static LoadOperation parse(String text) {
    String[] parts = text.strip().split(":", 2);
    Kind kind;
    try {
      kind = Kind.valueOf(parts[0].toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException(
          "unknown operation '"
              + parts[0]
              + "': getattr, lookup, open, read:SIZE, write:SIZE, setupmapping:SIZE");
    }
    if (kind.sized != (parts.length == 2)) {
      throw new IllegalArgumentException(
          kind.sized ? text + ": its size is missing, as in read:4k" : kind + " has no size");
    }
    return new LoadOperation(kind, kind.sized ? size(parts[1]) : 0);
  }

  private static int size(String text) {
    try {
      return Math.toIntExact(io.famfs.core.ByteSize.parse(text));
    } catch (ArithmeticException _) {
      throw new IllegalArgumentException(text + " is too much");
    }
  }

  /// As [#parse] takes it.
  @Override
  public String toString() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    if (!kind.sized) {
      return name;
    }
    boolean mib = bytes % (1 << 20) == 0;
    boolean kib = bytes % (1 << 10) == 0;
    return name + ":" + (mib ? (bytes >> 20) + "M" : kib ? (bytes >> 10) + "k" : "" + bytes);
  }
}
