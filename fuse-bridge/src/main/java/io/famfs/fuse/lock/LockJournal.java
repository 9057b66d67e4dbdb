package io.famfs.fuse.lock;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/// What became of all locks, one change behind the other, in memory that outlives this process.
/// When it is full the locks that there are are written to its other half, which counts from then
/// on. Guarded by the [LockTable].
///
/// ```
///  0  u64 which half counts
/// 64  { u64 changes, { u64 client, u64 nodeid, u64 owner, u64 first, u64 last,
///       u8 kind, u8 type, 2 zero, u32 pid } [...] } [2]
/// ```
///
/// A change without a file is the end of a client.
public final class LockJournal {
  private static final int CHANGES = 65_536;
  private static final int CHANGE_BYTES = 48;
  private static final int FIRST_HALF = 64;
  private static final long HALF_BYTES = 64 + (long) CHANGE_BYTES * CHANGES;
  private static final VarHandle U64 = JAVA_LONG.varHandle();

  private final MemorySegment memory;

  /// @param memory of [#bytes()], aligned to 8; zeros for a new one
  public LockJournal(MemorySegment memory) {
    this.memory = memory;
  }

  /// How much memory it needs.
  public static long bytes() {
    return FIRST_HALF + 2 * HALF_BYTES;
  }

  /// A change.
  record Change(
      long client, long nodeid, long owner, long first, long last, int kind, int type, int pid) {
    static Change of(LockRequest request) {
      return new Change(
          request.owner().client().id(),
          request.nodeid(),
          request.owner().id(),
          request.range().first(),
          request.range().last(),
          request.kind().number(),
          request.type().number(),
          request.pid());
    }

    static Change end(long client) {
      return new Change(client, 0, 0, 0, 0, 0, 0, 0);
    }

    LockRequest request(LockClient of) {
      return new LockRequest(
          nodeid,
          LockKind.of(kind),
          new LockOwner(of, owner),
          new LockRange(first, last),
          LockType.of(type),
          pid);
    }
  }

  private long half(long which) {
    return FIRST_HALF + HALF_BYTES * (which & 1);
  }

  private long current() {
    return (long) U64.getAcquire(memory, 0L);
  }

  boolean isFull() {
    return memory.get(JAVA_LONG, half(current())) >= CHANGES;
  }

  void add(Change change) {
    add(half(current()), change);
  }

  private void add(long half, Change change) {
    long count = memory.get(JAVA_LONG, half);
    long at = half + 64 + CHANGE_BYTES * count;
    memory.set(JAVA_LONG, at, change.client());
    memory.set(JAVA_LONG, at + 8, change.nodeid());
    memory.set(JAVA_LONG, at + 16, change.owner());
    memory.set(JAVA_LONG, at + 24, change.first());
    memory.set(JAVA_LONG, at + 32, change.last());
    long pid = Integer.toUnsignedLong(change.pid());
    memory.set(JAVA_LONG, at + 40, pid << 32 | (long) change.type() << 8 | change.kind());
    U64.setRelease(memory, half, count + 1);
  }

  /// Begins anew with the locks that there are.
  ///
  /// @param all gives each of them to who is given
  void compact(Consumer<Consumer<LockRequest>> all) {
    long other = half(current() ^ 1);
    memory.set(JAVA_LONG, other, 0);
    all.accept(lock -> {
      if (memory.get(JAVA_LONG, other) < CHANGES) {
        add(other, Change.of(lock));
      }
    });
    U64.setRelease(memory, 0L, current() ^ 1);
  }

  /// Gives all changes, the oldest one first.
  void replay(Consumer<Change> to) {
    long half = half(current());
    long count = Math.clamp((long) U64.getAcquire(memory, half), 0, CHANGES);
    for (long i = 0; i < count; i++) {
      long at = half + 64 + CHANGE_BYTES * i;
      long rest = memory.get(JAVA_LONG, at + 40);
      to.accept(
          new Change(
              memory.get(JAVA_LONG, at),
              memory.get(JAVA_LONG, at + 8),
              memory.get(JAVA_LONG, at + 16),
              memory.get(JAVA_LONG, at + 24),
              memory.get(JAVA_LONG, at + 32),
              (int) (rest & 0xff),
              (int) (rest >>> 8 & 0xff),
              (int) (rest >>> 32)));
    }
  }
}
