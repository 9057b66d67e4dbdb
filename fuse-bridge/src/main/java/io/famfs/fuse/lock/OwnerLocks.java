package io.famfs.fuse.lock;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The locks of one owner on one file: ranges that do not overlap, by rising offset, joined where
/// two of a type touch.
final class OwnerLocks {
  private List<HeldLock> locks = List.of();

  boolean isEmpty() {
    return locks.isEmpty();
  }

  List<HeldLock> all() {
    return locks;
  }

  LockType firstType() {
    return locks.getFirst().type();
  }

  int count() {
    return locks.size();
  }

  /// What the owner has after a request: the bytes of its range get its type.
  List<HeldLock> after(LockRequest request) {
    List<HeldLock> result = new ArrayList<>(locks.size() + 2);
    LockRange range = request.range();
    int at = 0;
    for (HeldLock lock : locks) {
      boolean joins = lock.type() == request.type() && lock.range().touches(request.range());
      if (joins) {
        range = range.joined(lock.range());
      } else if (lock.range().overlaps(request.range())) {
        at += keepParts(lock, request.range(), result);
      } else {
        result.add(lock);
        at += lock.range().last() < request.range().first() ? 1 : 0;
      }
    }
    if (request.type() != LockType.NONE) {
      result.add(at, new HeldLock(request.owner(), range, request.type(), request.pid()));
    }
    return result;
  }

  /// Adds what is left of a lock before and behind a range.
  ///
  /// @return how many parts lie before it
  private static int keepParts(HeldLock lock, LockRange taken, List<HeldLock> result) {
    LockRange range = lock.range();
    int before = 0;
    if (range.first() < taken.first()) {
      result.add(lock.with(new LockRange(range.first(), taken.first() - 1)));
      before = 1;
    }
    if (range.last() > taken.last()) {
      result.add(lock.with(new LockRange(taken.last() + 1, range.last())));
    }
    return before;
  }

  void set(List<HeldLock> next) {
    locks = next;
  }

  /// The first lock that another owner's request cannot be granted beside; null when there is none.
  @Nullable HeldLock conflict(LockRange range, LockType type) {
    for (int i = firstAtOrBehind(range.first()); i < locks.size(); i++) {
      HeldLock lock = locks.get(i);
      if (lock.range().first() > range.last()) {
        return null;
      }
      if (lock.type().conflictsWith(type)) {
        return lock;
      }
    }
    return null;
  }

  /// Index of the first lock whose last byte is at `offset` or behind it.
  private int firstAtOrBehind(long offset) {
    int low = 0;
    int high = locks.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (locks.get(middle).range().last() < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
