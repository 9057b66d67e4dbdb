package io.famfs.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// Which chains of a split ring have been taken and not been given back, in memory that outlives
/// the process: whoever takes the ring over gives back what was done and does what was not.
///
/// As the table of VHOST_USER_GET_INFLIGHT_FD (vhost-user, "Inflight I/O tracking") with the state
/// of a chain instead of one bit. Native byte order; whoever reads it runs on the same host.
///
/// ```
///  0  u32 entries, as many as the ring has
///  4  u32 the head that is being given back
///  8  u32 the used index as far as chains were let go
/// 16  u64 how many chains were taken
/// 64  { u64 when it was taken, u8 state, 3 zero, u32 bytes of reply } [entries]
/// ```
///
/// Written by the ring's worker with plain stores in the order of the program, kept in it towards
/// the compiler by release: a process that is killed has done all stores up to an instruction and
/// none behind it, so what its successor finds is one of these:
///
/// | killed before | state | used index here and on the ring | successor |
/// |---|---|---|---|
/// | the head is noted | FREE | equal | takes it from the available ring |
/// | the reply is whole | TAKEN | equal | has the request handled once more |
/// | the used index moves | DONE | equal | gives the chain back as it is |
/// | the chain is let go | DONE | one apart | lets it go |
/// | the index is noted | FREE | one apart | notes it |
final class InflightTable {
  private static final int ENTRIES = 0;
  private static final int LAST_HEAD = 4;
  private static final int USED_INDEX = 8;
  private static final int ENTRY_BYTES = 16;
  private static final int ORDER = 0;

  private static final VarHandle U32 = ValueLayout.JAVA_INT.varHandle();

  private final MemorySegment memory;
  private final ChainNotes notes;

  /// @param memory of [#bytes] for the largest ring, aligned to 8 bytes; zeros for a new one
  InflightTable(MemorySegment memory) {
    this.memory = memory;
    notes = new ChainNotes(memory, ENTRY_BYTES, ORDER);
  }

  /// What a ring of so many entries needs.
  static long bytes(int entries) {
    return ChainNotes.bytes(entries, ENTRY_BYTES);
  }

  /// Forgets everything: the ring starts anew.
  void clear() {
    memory.fill((byte) 0);
  }

  /// A chain has been taken; it is handled from now on.
  void taken(int head) {
    notes.taken(head);
  }

  /// The reply is where the driver looks for it; the used ring is next.
  void done(int head, int writtenBytes) {
    notes.done(head, writtenBytes);
    U32.setRelease(memory, (long) LAST_HEAD, head);
    VarHandle.storeStoreFence();
  }

  /// The used ring has it.
  void gone(int head, int usedIndex) {
    notes.free(head);
    U32.setRelease(memory, (long) USED_INDEX, usedIndex);
  }

  /// Makes the table whole after its ring's worker was killed.
  ///
  /// @param entries of the ring
  /// @param usedIndex what the used ring says
  /// @return the chains that were not given back, those taken first before the others
  int[] recover(int entries, int usedIndex) {
    int known = memory.get(ValueLayout.JAVA_INT, ENTRIES);
    if (known != entries) {
      clear();
      memory.set(ValueLayout.JAVA_INT, ENTRIES, entries);
    } else if (memory.get(ValueLayout.JAVA_INT, USED_INDEX) != usedIndex) {
      int last = memory.get(ValueLayout.JAVA_INT, LAST_HEAD);
      if (last >= 0 && last < entries && isDone(last)) {
        notes.free(last);
      }
    }
    U32.setRelease(memory, (long) USED_INDEX, usedIndex);
    return notes.unfinished(entries);
  }

  /// Whether a chain that was not given back has its reply.
  boolean isDone(int head) {
    return notes.isDone(head);
  }

  /// Whether a chain has been given back.
  boolean isFree(int head) {
    return notes.isFree(head);
  }

  /// How long that reply is.
  int writtenBytes(int head) {
    return notes.writtenBytes(head);
  }
}
