package io.famfs.fuse.famfs;

import io.famfs.fuse.fmap.ExtentCachePolicy;

/// How a volume is presented.
///
/// @param readOnly whether every change is refused, whatever the devices allow
/// @param directIo whether read(2) and write(2) bypass the kernel's page cache, so that they see
///   the stores of other guests and hosts at once; needs a kernel that can then still map the file
///   shared (Linux 6.6), else files are cached from open to open
/// @param timeouts how long a kernel may keep names and attributes that cannot be told of changes
/// @param heardTimeouts the same for a kernel that is told
/// @param extentCache what becomes of lists of extents that clients were given, at the last close
/// @param dax which files a guest reaches through its window
public record FamfsOptions(
    boolean readOnly,
    boolean directIo,
    Timeouts timeouts,
    Timeouts heardTimeouts,
    ExtentCachePolicy extentCache,
    DaxPolicy dax) {

  /// Writable where the devices are, direct, timeouts of a second, lists of extents kept, the
  /// window governed.
  public static FamfsOptions standard() {
    return new FamfsOptions(
        false,
        true,
        Timeouts.SHORT,
        Timeouts.SHORT,
        ExtentCachePolicy.keep(),
        new DaxPolicy.Governed());
  }

  /// The same with a choice about changes.
  public FamfsOptions withReadOnly(boolean refuseChanges) {
    return new FamfsOptions(refuseChanges, directIo, timeouts, heardTimeouts, extentCache, dax);
  }

  /// The same with a choice about the page cache.
  public FamfsOptions withDirectIo(boolean bypassCache) {
    return new FamfsOptions(readOnly, bypassCache, timeouts, heardTimeouts, extentCache, dax);
  }

  /// The same with other timeouts, whoever is told of changes.
  public FamfsOptions withTimeouts(Timeouts all) {
    return new FamfsOptions(readOnly, directIo, all, all, extentCache, dax);
  }

  /// The same with what kernels may remember.
  public FamfsOptions withCache(CachePolicy policy) {
    return new FamfsOptions(readOnly, directIo, policy.unheard(), policy.heard(), extentCache, dax);
  }

  /// The same with another policy for lists of extents.
  public FamfsOptions withExtentCache(ExtentCachePolicy policy) {
    return new FamfsOptions(readOnly, directIo, timeouts, heardTimeouts, policy, dax);
  }

  /// The same with another policy for the window.
  public FamfsOptions withDax(DaxPolicy policy) {
    return new FamfsOptions(readOnly, directIo, timeouts, heardTimeouts, extentCache, policy);
  }
}
