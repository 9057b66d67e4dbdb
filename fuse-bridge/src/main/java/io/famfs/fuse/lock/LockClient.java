package io.famfs.fuse.lock;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One kernel that has locks here: how many, and which of its requests wait.
///
/// All but [#holdsNone()] belongs to the [LockTable], which guards it.
public final class LockClient {
  /// Most locks of a client, counted in ranges.
  public static final int MAX_LOCKS = 16_384;

  /// Most requests of a client that wait at once.
  public static final int MAX_WAITING = 256;

  /// Interruptions that are remembered whose request has not come yet.
  static final int MAX_EARLY = 1024;

  final Map<Long, Waiter> waiting = new HashMap<>();
  private final Deque<Long> early = new ArrayDeque<>();
  private final AtomicInteger held = new AtomicInteger();
  private boolean closed;
  private long id;

  /// Whether it has no locks, as seen without waiting for anybody.
  public boolean holdsNone() {
    return held.get() == 0;
  }

  /// Its number in the [LockJournal], 0 as long as it has none.
  public long id() {
    return id;
  }

  /// Gives it its number, before it asks for a lock.
  public void id(long number) {
    id = number;
  }

  boolean mayHold(int more) {
    return more <= 0 || held.get() <= MAX_LOCKS - more;
  }

  void held(int change) {
    held.addAndGet(change);
  }

  boolean closed() {
    return closed;
  }

  void close() {
    closed = true;
    early.clear();
  }

  /// Remembers that a request is interrupted that another worker may be about to bring. Numbers of
  /// requests do not repeat, so one that has been answered before does no harm.
  void interruptedEarly(long unique) {
    if (early.size() == MAX_EARLY) {
      early.removeFirst();
    }
    early.addLast(unique);
  }

  /// Whether a request was interrupted before it came.
  boolean wasInterrupted(long unique) {
    return early.remove(unique);
  }

  @Nullable Waiter waiter(long unique) {
    return waiting.get(unique);
  }
}
