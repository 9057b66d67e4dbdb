package io.famfs.fuse.lock;

/// Whoever has locks: locks of one owner never conflict with each other.
///
/// @param client the kernel it is a process of
/// @param id what that kernel calls it: the same for all threads of a process, or for all
///   descriptors of an open file
public record LockOwner(LockClient client, long id) {

  /// Clients are told apart by being different objects.
  @Override
  public boolean equals(Object other) {
    return other instanceof LockOwner owner && client == owner.client && id == owner.id;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(client) * 31 + Long.hashCode(id);
  }
}
