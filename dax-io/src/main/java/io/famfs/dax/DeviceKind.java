package io.famfs.dax;

/// What a device is made of.
public enum DeviceKind {
  /// A regular file: on tmpfs or hugetlbfs memory without more, on fsdax the device below, on
  /// another file system the page cache.
  FILE,
  /// A file without a path, which only receivers of its descriptor can map.
  MEMFD,
  /// A character device that is a range of physical memory.
  DEVDAX
}
