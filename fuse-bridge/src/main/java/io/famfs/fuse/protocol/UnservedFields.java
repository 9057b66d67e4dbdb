package io.famfs.fuse.protocol;

/// Arguments of requests that no file system here can do anything with; they are only shown.
public final class UnservedFields {
  /// BMAP (`struct fuse_bmap_in`).
  public static final Fields BMAP = Fields.of("block:8 blocksize:4 padding:4");

  /// POLL (`struct fuse_poll_in`).
  public static final Fields POLL = Fields.of("fh:8 kh:8 flags:4 events:4:hex");

  private UnservedFields() {}
}
