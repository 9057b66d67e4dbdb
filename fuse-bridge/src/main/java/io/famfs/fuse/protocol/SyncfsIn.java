package io.famfs.fuse.protocol;

/// Arguments of SYNCFS (`struct fuse_syncfs_in`).
///
/// ```text
/// offset size  field                meaning
///      0    8  padding
/// ```
///
/// `at` is where the structure begins in the message.
public final class SyncfsIn {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("padding:8");

  private SyncfsIn() {}
}
