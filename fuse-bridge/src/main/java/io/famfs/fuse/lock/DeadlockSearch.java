package io.famfs.fuse.lock;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Looks for a circle of owners that wait for each other's record locks, as `posix_locks_deadlock`
/// of Linux does. An owner is taken to stand still when one of its requests waits.
///
/// The search ends without a finding after a number of steps, so that a client that builds long
/// chains costs others little.
final class DeadlockSearch {
  static final int MAX_STEPS = 1000;

  private final Map<FileLocks.Key, FileLocks> files;
  private final Map<LockOwner, List<Waiter>> waiters;

  DeadlockSearch(Map<FileLocks.Key, FileLocks> files, Map<LockOwner, List<Waiter>> waiters) {
    this.files = files;
    this.waiters = waiters;
  }

  /// Whether somebody waits for the owner of a request, directly or through others, whose lock is
  /// in the way of it.
  boolean closesCircle(LockRequest request) {
    Set<LockOwner> seen = new HashSet<>();
    Deque<LockRequest> open = new ArrayDeque<>(List.of(request));
    int steps = 0;
    while (!open.isEmpty()) {
      for (LockOwner holder : holders(open.removeFirst())) {
        if (holder.equals(request.owner())) {
          return true;
        }
        if (++steps > MAX_STEPS) {
          return false;
        }
        if (seen.add(holder)) {
          addWaits(holder, open);
        }
      }
    }
    return false;
  }

  /// Waits for whole files are not followed: those who convert a lock have given it up, and owners
  /// are open files then and not processes.
  private void addWaits(LockOwner holder, Deque<LockRequest> open) {
    for (Waiter waiter : waiters.getOrDefault(holder, List.of())) {
      if (waiter.request.kind() == LockKind.RECORD) {
        open.addLast(waiter.request);
      }
    }
  }

  private List<LockOwner> holders(LockRequest request) {
    FileLocks file = files.get(new FileLocks.Key(request.nodeid(), request.kind()));
    return file == null ? List.of() : file.inTheWay(request);
  }
}
