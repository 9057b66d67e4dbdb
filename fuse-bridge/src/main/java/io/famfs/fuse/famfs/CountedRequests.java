package io.famfs.fuse.famfs;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The requests by which handles of new files were counted last, one of each worker, in memory that
/// outlives this process: the only ones that can have been counted and not been answered. What is
/// counted is noted here first and then done, so that the next process does what was only noted,
/// and does not count it when the request comes once more.
///
/// ```
///  0  u64 places given out so far
/// 64  { u64 unique, u64 client, u64 nodeid, u64 change of the file, u64 handles after it } [places]
/// ```
final class CountedRequests {
  /// A place is given to a worker, and to another one when so many more have come.
  static final int PLACES = 4096;

  private static final int FIRST_PLACE = 64;
  private static final int PLACE_BYTES = 40;
  private static final VarHandle U64 = JAVA_LONG.varHandle();

  private final MemorySegment memory;
  private final Set<Key> before = new HashSet<>();

  private record Key(long client, long unique) {}

  /// What a request has changed.
  ///
  /// @param change the number of the change, counted per file
  /// @param handles those that its client has after it
  record Mark(Key key, long nodeid, int change, int handles) {
    long client() {
      return key.client();
    }
  }

  /// Who counts.
  ///
  /// @param unique the client's number of the request
  /// @param place of the worker
  record By(long client, long unique, int place) {}

  /// @param memory of [#bytes()], aligned to 8 bytes; zeros for a new one
  CountedRequests(MemorySegment memory) {
    this.memory = memory;
  }

  static long bytes() {
    return FIRST_PLACE + (long) PLACE_BYTES * PLACES;
  }

  /// A place for a worker that has none, behind those of all before it.
  synchronized int place() {
    long next = memory.get(JAVA_LONG, 0);
    memory.set(JAVA_LONG, 0, next + 1);
    return (int) (next % PLACES);
  }

  /// Notes a change that is about to be made.
  void note(By by, long nodeid, int change, int handles) {
    long at = FIRST_PLACE + (long) PLACE_BYTES * by.place();
    U64.setRelease(memory, at, 0L);
    VarHandle.storeStoreFence();
    memory.set(JAVA_LONG, at + 8, by.client());
    memory.set(JAVA_LONG, at + 16, nodeid);
    memory.set(JAVA_LONG, at + 24, change);
    memory.set(JAVA_LONG, at + 32, handles);
    U64.setRelease(memory, at, by.unique());
    VarHandle.storeStoreFence();
  }

  /// Reads what another process has noted.
  List<Mark> load() {
    List<Mark> marks = new ArrayList<>();
    for (int place = 0; place < PLACES; place++) {
      long at = FIRST_PLACE + (long) PLACE_BYTES * place;
      long unique = (long) U64.getAcquire(memory, at);
      if (unique != 0) {
        Key key = new Key(memory.get(JAVA_LONG, at + 8), unique);
        before.add(key);
        int change = (int) memory.get(JAVA_LONG, at + 24);
        int handles = (int) memory.get(JAVA_LONG, at + 32);
        marks.add(new Mark(key, memory.get(JAVA_LONG, at + 16), change, handles));
      }
    }
    return marks;
  }

  /// Whether another process has counted a request.
  boolean wasCounted(long client, long unique) {
    return before.contains(new Key(client, unique));
  }
}
