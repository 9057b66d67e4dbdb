package io.famfs.fuse.server;

/// A directory of a file system with everything below it.
public interface Subtree {

  /// Where something is.
  enum Place {
    INSIDE,
    OUTSIDE,
    /// There is nothing with this nodeid now.
    NOWHERE
  }

  /// The nodeid of the directory itself.
  long root();

  /// Where a nodeid is now, whatever number it is. Takes no lock and allocates nothing.
  Place place(long nodeid);
}
