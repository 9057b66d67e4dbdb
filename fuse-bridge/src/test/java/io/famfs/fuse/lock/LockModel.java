package io.famfs.fuse.lock;

import io.famfs.core.Errno;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Locks as fcntl(2) and flock(2) describe them, one cell per byte, without any cleverness: what
/// [LockTable] is compared with. The last cell stands for all bytes from there on.
final class LockModel {
  static final int BYTES = 24;

  /// One file and kind: who has which type on which byte.
  private final Map<Long, LockType[]> records = new TreeMap<>();

  private final Map<Long, LockType> whole = new TreeMap<>();
  private final List<Waiting> waiting = new ArrayList<>();
  final Map<Long, Integer> answers = new HashMap<>();

  record Ask(boolean flock, long owner, int first, int last, LockType type, long unique) {}

  private record Waiting(Ask ask) {}

  private static boolean excludes(LockType a, LockType b) {
    return (a == LockType.WRITE && b != LockType.NONE)
        || (b == LockType.WRITE && a != LockType.NONE);
  }

  /// The owners in the way, with the first byte where each is.
  Map<Long, Integer> inTheWay(Ask ask) {
    Map<Long, Integer> found = new TreeMap<>();
    if (ask.flock()) {
      whole.forEach((owner, type) -> {
        if (owner != ask.owner() && excludes(type, ask.type())) {
          found.put(owner, 0);
        }
      });
      return found;
    }
    records.forEach((owner, cells) -> {
      for (int i = ask.last(); i >= ask.first() && owner != ask.owner(); i--) {
        if (excludes(cells[i], ask.type())) {
          found.put(owner, i);
        }
      }
    });
    return found;
  }

  int set(Ask ask, boolean wait) {
    if (ask.flock() && whole.get(ask.owner()) != ask.type()) {
      whole.remove(ask.owner());
    }
    int result = 0;
    if (inTheWay(ask).isEmpty()) {
      grant(ask);
    } else if (!wait) {
      result = -Errno.EAGAIN;
    }
    boolean waits = wait && !inTheWay(ask).isEmpty();
    wake();
    if (waits) {
      if (!ask.flock() && circle(ask)) {
        return -Errno.EDEADLK;
      }
      waiting.add(new Waiting(ask));
      return LockTable.WAITING;
    }
    return result;
  }

  private void grant(Ask ask) {
    if (ask.flock()) {
      if (ask.type() == LockType.NONE) {
        whole.remove(ask.owner());
      } else {
        whole.put(ask.owner(), ask.type());
      }
      return;
    }
    LockType[] cells =
        records.computeIfAbsent(
            ask.owner(),
            _ -> {
              LockType[] none = new LockType[BYTES];
              Arrays.fill(none, LockType.NONE);
              return none;
            });
    Arrays.fill(cells, ask.first(), ask.last() + 1, ask.type());
  }

  private void wake() {
    boolean granted = false;
    List<Waiting> before;
    do {
      before = List.copyOf(waiting);
      for (Waiting one : before) {
        if (inTheWay(one.ask()).isEmpty()) {
          waiting.remove(one);
          grant(one.ask());
          answers.put(one.ask().unique(), 0);
          granted |= !one.ask().flock();
        }
      }
    } while (waiting.size() < before.size());
    if (granted) {
      for (Waiting one : List.copyOf(waiting)) {
        if (!one.ask().flock() && circle(one.ask())) {
          waiting.remove(one);
          answers.put(one.ask().unique(), -Errno.EDEADLK);
        }
      }
    }
  }

  private boolean circle(Ask ask) {
    return reaches(ask, ask.owner(), new HashSet<>());
  }

  private boolean reaches(Ask ask, long target, Set<Long> seen) {
    for (long holder : inTheWay(ask).keySet()) {
      if (holder == target) {
        return true;
      }
      if (seen.add(holder)) {
        for (Waiting one : waiting) {
          if (!one.ask().flock()
              && one.ask().owner() == holder
              && reaches(one.ask(), target, seen)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  void interrupt(long unique) {
    if (waiting.removeIf(one -> one.ask().unique() == unique)) {
      answers.put(unique, -Errno.EINTR);
    }
  }

  void end(Set<Long> owners) {
    waiting.removeIf(one -> {
      boolean own = owners.contains(one.ask().owner());
      if (own) {
        answers.put(one.ask().unique(), -Errno.ENOTCONN);
      }
      return own;
    });
    records.keySet().removeAll(owners);
    whole.keySet().removeAll(owners);
    wake();
  }

  @Nullable Long anyWaiting(int pick) {
    return waiting.isEmpty() ? null : waiting.get(pick % waiting.size()).ask().unique();
  }

  int waitingCount() {
    return waiting.size();
  }

  /// How many ranges an owner's locks are.
  int ranges(long owner) {
    LockType[] cells = Objects.requireNonNullElse(records.get(owner), new LockType[0]);
    int count = whole.containsKey(owner) ? 1 : 0;
    LockType before = LockType.NONE;
    for (LockType type : cells) {
      count += type != before && type != LockType.NONE ? 1 : 0;
      before = type;
    }
    return count;
  }
}
