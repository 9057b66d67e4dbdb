package io.famfs.fuse.protocol;

/// Arguments of SETXATTR as they are without SETXATTR_EXT, which is declined (`struct
/// fuse_setxattr_in`, `FUSE_COMPAT_SETXATTR_IN_SIZE`). The name of the attribute follows, then the
/// value.
///
/// ```text
/// offset size  field                meaning
///      0    4  size                 bytes of the value
///      4    4  flags                1 only if it is new, 2 only if it is there
/// ```
public final class SetxattrIn {
  /// Size of the structure.
  public static final int BYTES = 8;

  /// The fields in their order.
  public static final Fields FIELDS = Fields.of("size:4 flags:4:xattr");

  private SetxattrIn() {}
}
