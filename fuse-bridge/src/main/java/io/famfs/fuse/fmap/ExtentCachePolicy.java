package io.famfs.fuse.fmap;

/// What becomes of the list of extents that clients were given of a file, when the last of them has
/// closed it. As long as it is kept, nobody is given another list of that file.
///
/// A kernel keeps the list for as long as it has the inode in its memory, which may be longer than
/// the file is open: only a list that is kept for ever holds as long.
///
/// @param closedFiles how many files that nobody has open the lists are kept of
public record ExtentCachePolicy(int closedFiles) {
  private static final String LRU = "lru:";

  /// @throws IllegalArgumentException for a negative number
  public ExtentCachePolicy {
    if (closedFiles < 0) {
      throw new IllegalArgumentException("lists of " + closedFiles + " files");
    }
  }

  /// For the life of the server: some 200 bytes for each file that was ever opened by a client that
  /// maps files itself.
  public static ExtentCachePolicy keep() {
    return new ExtentCachePolicy(Integer.MAX_VALUE);
  }

  /// Until the last close.
  public static ExtentCachePolicy close() {
    return new ExtentCachePolicy(0);
  }

  /// Of so many files beyond those that are open, of those that were closed last.
  public static ExtentCachePolicy lru(int files) {
    return new ExtentCachePolicy(files);
  }

  /// Reads `keep`, `close` or `lru:N` with N from 1.
  ///
  /// @throws IllegalArgumentException for anything else
  public static ExtentCachePolicy parse(String text) {
    if (text.equals("keep")) {
      return keep();
    }
    if (text.equals("close")) {
      return close();
    }
    if (text.startsWith(LRU)) {
      try {
        int files = Integer.parseInt(text.substring(LRU.length()));
        if (files > 0) {
          return lru(files);
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("'" + text + "': not a number of files", e);
      }
    }
    throw new IllegalArgumentException("'" + text + "': write keep, close or lru:N, N from 1");
  }

  @Override
  public String toString() {
    return switch (closedFiles) {
      case 0 -> "close";
      case Integer.MAX_VALUE -> "keep";
      default -> LRU + closedFiles;
    };
  }
}
