package io.famfs.fuse.lock;

/// A lock somebody has.
///
/// @param owner who
/// @param range of which bytes
/// @param type READ or WRITE
/// @param pid the process that asked for it
public record HeldLock(LockOwner owner, LockRange range, LockType type, int pid) {
  HeldLock with(LockRange other) {
    return new HeldLock(owner, other, type, pid);
  }
}
