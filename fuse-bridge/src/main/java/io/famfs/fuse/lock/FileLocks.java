package io.famfs.fuse.lock;

import io.famfs.core.Errno;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The locks of one kind on one file, and those who wait for one, in the order they came.
final class FileLocks {
  /// Which locks.
  record Key(long nodeid, LockKind kind) {}

  private final Map<LockOwner, OwnerLocks> owners = new LinkedHashMap<>();
  private final List<Waiter> waiters = new ArrayList<>();

  boolean isEmpty() {
    return owners.isEmpty() && waiters.isEmpty();
  }

  /// The lock with the lowest offset that is in the way of a request; null when none is.
  @Nullable HeldLock conflict(LockRequest request) {
    HeldLock first = null;
    for (Map.Entry<LockOwner, OwnerLocks> entry : owners.entrySet()) {
      if (!entry.getKey().equals(request.owner())) {
        HeldLock lock = entry.getValue().conflict(request.range(), request.type());
        if (lock != null && (first == null || lock.range().first() < first.range().first())) {
          first = lock;
        }
      }
    }
    return first;
  }

  /// Owners of locks that are in the way of a request.
  List<LockOwner> inTheWay(LockRequest request) {
    List<LockOwner> found = new ArrayList<>();
    for (Map.Entry<LockOwner, OwnerLocks> entry : owners.entrySet()) {
      if (!entry.getKey().equals(request.owner())
          && entry.getValue().conflict(request.range(), request.type()) != null) {
        found.add(entry.getKey());
      }
    }
    return found;
  }

  /// Does what nothing is in the way of.
  ///
  /// @return 0, or -ENOLCK when the client would have too many locks; nothing has changed then
  int apply(LockRequest request) {
    OwnerLocks before = owners.get(request.owner());
    OwnerLocks held = before == null ? new OwnerLocks() : before;
    List<HeldLock> next = held.after(request);
    int change = next.size() - held.count();
    LockClient client = request.owner().client();
    if (!client.mayHold(change)) {
      return -Errno.ENOLCK;
    }
    client.held(change);
    held.set(next);
    if (held.isEmpty()) {
      owners.remove(request.owner());
    } else if (before == null) {
      owners.put(request.owner(), held);
    }
    return 0;
  }

  /// Gives every lock as what it was asked for by.
  void forEach(Key key, Consumer<LockRequest> to) {
    for (OwnerLocks held : owners.values()) {
      for (HeldLock lock : held.all()) {
        to.accept(
            new LockRequest(
                key.nodeid(), key.kind(), lock.owner(), lock.range(), lock.type(), lock.pid()));
      }
    }
  }

  /// The type of an owner's lock of the whole file, or of its first record lock.
  LockType typeOf(LockOwner owner) {
    OwnerLocks held = owners.get(owner);
    return held == null ? LockType.NONE : held.firstType();
  }

  /// Drops all locks of a client.
  ///
  /// @return whether there were any
  boolean drop(LockClient client) {
    int[] dropped = {0};
    owners
        .entrySet()
        .removeIf(entry -> {
          boolean own = entry.getKey().client() == client;
          dropped[0] += own ? entry.getValue().count() : 0;
          return own;
        });
    client.held(-dropped[0]);
    return dropped[0] > 0;
  }

  List<Waiter> waiters() {
    return waiters;
  }
}
