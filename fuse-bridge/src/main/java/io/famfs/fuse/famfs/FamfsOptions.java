package io.famfs.fuse.famfs;

import io.famfs.fuse.fmap.ExtentCachePolicy;
import java.time.Duration;

/// How a volume is presented.
///
/// @param readOnly whether every change is refused, whatever the devices allow
/// @param directIo whether read(2) and write(2) bypass the kernel's page cache, so that they see
///   the stores of other guests and hosts at once; needs a kernel that can then still map the file
///   shared (Linux 6.6), else files are cached from open to open
/// @param entryTimeout how long a kernel may keep a name
/// @param attributeTimeout how long a kernel may keep attributes
/// @param extentCache what becomes of lists of extents that clients were given, at the last close
/// @param dax which files a guest reaches through its window
public record FamfsOptions(
    boolean readOnly,
    boolean directIo,
    Duration entryTimeout,
    Duration attributeTimeout,
    ExtentCachePolicy extentCache,
    DaxPolicy dax) {

  private static final Duration ONE_SECOND = Duration.ofSeconds(1);

  public FamfsOptions {
    if (entryTimeout.isNegative() || attributeTimeout.isNegative()) {
      throw new IllegalArgumentException("negative timeout");
    }
  }

  /// Writable where the devices are, direct, timeouts of a second, lists of extents kept, the
  /// window governed.
  public static FamfsOptions standard() {
    return new FamfsOptions(
        false, true, ONE_SECOND, ONE_SECOND, ExtentCachePolicy.keep(), new DaxPolicy.Governed());
  }

  /// The same with a choice about changes.
  public FamfsOptions withReadOnly(boolean refuseChanges) {
    return new FamfsOptions(
        refuseChanges, directIo, entryTimeout, attributeTimeout, extentCache, dax);
  }

  /// The same with a choice about the page cache.
  public FamfsOptions withDirectIo(boolean bypassCache) {
    return new FamfsOptions(
        readOnly, bypassCache, entryTimeout, attributeTimeout, extentCache, dax);
  }

  /// The same with other timeouts.
  public FamfsOptions withTimeouts(Duration entry, Duration attributes) {
    return new FamfsOptions(readOnly, directIo, entry, attributes, extentCache, dax);
  }

  /// The same with another policy for lists of extents.
  public FamfsOptions withExtentCache(ExtentCachePolicy policy) {
    return new FamfsOptions(readOnly, directIo, entryTimeout, attributeTimeout, policy, dax);
  }

  /// The same with another policy for the window.
  public FamfsOptions withDax(DaxPolicy policy) {
    return new FamfsOptions(
        readOnly, directIo, entryTimeout, attributeTimeout, extentCache, policy);
  }
}
