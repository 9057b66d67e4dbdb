package io.famfs.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// When each chain of a ring was taken and how far it has come, in memory that outlives the
/// process: what the tables of both layouts have in common.
///
/// ```
/// 16  u64 how many chains were taken
/// 64  { ..., at `orderOffset`: u64 when it was taken, u8 state, 3 zero, u32 bytes of reply, ... } []
/// ```
///
/// Plain stores in the order of the program, kept in it towards the compiler by release: a process
/// that is killed has done all stores up to an instruction and none behind it.
final class ChainNotes {
  private static final int TAKEN_COUNT = 16;
  private static final int FIRST_ENTRY = 64;

  private static final long FREE = 0;
  private static final long TAKEN = 1;
  private static final long DONE = 2;
  private static final int WRITTEN_SHIFT = 32;
  private static final long STATE_MASK = 0xff;

  private static final VarHandle U64 = ValueLayout.JAVA_LONG.varHandle();

  private final MemorySegment memory;
  private final int entryBytes;
  private final int orderOffset;

  ChainNotes(MemorySegment memory, int entryBytes, int orderOffset) {
    this.memory = memory;
    this.entryBytes = entryBytes;
    this.orderOffset = orderOffset;
  }

  /// What so many entries need.
  static long bytes(int entries, int entryBytes) {
    return FIRST_ENTRY + (long) entryBytes * entries;
  }

  /// Where the entry of a chain is.
  long entry(int place) {
    return FIRST_ENTRY + (long) entryBytes * place;
  }

  private long orderAt(int place) {
    return entry(place) + orderOffset;
  }

  private long stateAt(int place) {
    return orderAt(place) + Long.BYTES;
  }

  private long state(int place) {
    return (long) U64.get(memory, stateAt(place));
  }

  /// A chain has been taken; it is handled from now on.
  void taken(int place) {
    long count = memory.get(ValueLayout.JAVA_LONG, TAKEN_COUNT) + 1;
    memory.set(ValueLayout.JAVA_LONG, TAKEN_COUNT, count);
    memory.set(ValueLayout.JAVA_LONG, orderAt(place), count);
    U64.setRelease(memory, stateAt(place), TAKEN);
    VarHandle.storeStoreFence();
  }

  /// The reply is where the driver looks for it.
  void done(int place, int writtenBytes) {
    U64.setRelease(memory, stateAt(place), DONE | (long) writtenBytes << WRITTEN_SHIFT);
  }

  /// The ring has the chain back.
  void free(int place) {
    U64.setRelease(memory, stateAt(place), FREE);
  }

  boolean isFree(int place) {
    return (state(place) & STATE_MASK) == FREE;
  }

  boolean isDone(int place) {
    return (state(place) & STATE_MASK) == DONE;
  }

  int writtenBytes(int place) {
    return (int) (state(place) >>> WRITTEN_SHIFT);
  }

  /// The chains that are not free, those taken first before the others.
  ///
  /// @param entries how many there are
  int[] unfinished(int entries) {
    long[] order = new long[entries];
    int count = 0;
    for (int place = 0; place < entries; place++) {
      if (!isFree(place)) {
        order[count++] = memory.get(ValueLayout.JAVA_LONG, orderAt(place)) << Short.SIZE | place;
      }
    }
    Arrays.sort(order, 0, count);
    int[] chains = new int[count];
    for (int i = 0; i < count; i++) {
      chains[i] = (int) (order[i] & 0xffff);
    }
    return chains;
  }
}
