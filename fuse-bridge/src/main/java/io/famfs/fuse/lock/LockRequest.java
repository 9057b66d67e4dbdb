package io.famfs.fuse.lock;

/// What an owner asks for.
///
/// @param nodeid the file
/// @param kind which kind of lock
/// @param owner who asks
/// @param range which bytes; [LockRange#ALL] for a lock of the whole file
/// @param type which lock, or none
/// @param pid the process, for those who ask who is in their way
public record LockRequest(
    long nodeid, LockKind kind, LockOwner owner, LockRange range, LockType type, int pid) {

  LockRequest with(LockType other) {
    return new LockRequest(nodeid, kind, owner, range, other, pid);
  }
}
