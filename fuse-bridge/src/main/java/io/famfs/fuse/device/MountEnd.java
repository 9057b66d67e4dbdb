package io.famfs.fuse.device;

/// Why a mount is no longer served.
public enum MountEnd {
  /// It was unmounted.
  UNMOUNTED,
  /// The connection was aborted, by an administrator or the kernel; the directory answers
  /// `ENOTCONN` until it is unmounted.
  ABORTED,
  /// The kernel's device failed in a way that leaves nothing to serve.
  FAILED
}
