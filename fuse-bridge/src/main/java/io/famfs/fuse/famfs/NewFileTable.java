package io.famfs.fuse.famfs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.store.NewAttributes;
import io.famfs.store.NewFileJournal;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Files that are not in the log yet, and who has them open for writing, in memory that outlives
/// this process. A record is whole as soon as its state says so; its space is in the one of two
/// places that a word names.
///
/// ```
///   0  u32 state, 1 when whole     4  u32 flags
///   8  u64 nodeid                 16  u64 size
///  24  u32 mode  28 uid  32 gid   36  u32 which place
///  40  u32 bytes of the path      44  u32 changes of handles
///  48  u64 maker
///  56  u8[80] path
/// 136  { u64 client, u64 handles } [16]
/// 392  { u64 count, { u64 device, u64 offset, u64 bytes } [ranges] } [2]
/// ```
final class NewFileTable implements NewFileJournal {
  /// Most files that are remembered at once.
  static final int FILES = 4096;

  /// Most clients that have one file open for writing.
  static final int CLIENTS = 16;

  private static final System.Logger LOG = System.getLogger(NewFileTable.class.getName());
  private static final int SPACE_KEPT = 1;
  private static final int UNLINKED = 2;
  private static final int OPENED = 4;
  private static final int STATE = 0;
  private static final int FLAGS = 4;
  private static final int NODEID = 8;
  private static final int SIZE = 16;
  private static final int MODE = 24;
  private static final int UID = 28;
  private static final int GID = 32;
  private static final int WHICH = 36;
  private static final int PATH_BYTES = 40;
  private static final int CHANGES = 44;
  private static final int MAKER = 48;
  private static final int PATH = 56;
  private static final int MAX_PATH_BYTES = 80;
  private static final int HANDLES = 136;
  private static final int RANGES = HANDLES + 16 * CLIENTS;
  private static final int RANGE_BYTES = 24;
  private static final int PLACE_BYTES = 8 + RANGE_BYTES * Fmap.MAX_RANGES;
  private static final int RECORD_BYTES = (RANGES + 2 * PLACE_BYTES + 63) & -64;
  private static final VarHandle U32 = JAVA_INT.varHandle();
  private static final VarHandle U64 = JAVA_LONG.varHandle();

  private final MemorySegment memory;
  private final CountedRequests counted;
  private final BitSet used = new BitSet();
  private boolean warned;

  NewFileTable(MemorySegment memory) {
    long records = (long) RECORD_BYTES * FILES;
    this.memory = memory.asSlice(0, records);
    counted = new CountedRequests(memory.asSlice(records));
  }

  static long bytes() {
    return (long) RECORD_BYTES * FILES + CountedRequests.bytes();
  }

  /// The requests that were counted last.
  CountedRequests counted() {
    return counted;
  }

  private static long at(int place) {
    return (long) RECORD_BYTES * place;
  }

  /// What another process has left.
  synchronized Map<Integer, Entry> left() {
    Map<Integer, Entry> found = new HashMap<>();
    for (int place = 0; place < FILES; place++) {
      if ((int) U32.getAcquire(memory, at(place) + STATE) == 1) {
        used.set(place);
        found.put(place, entry(at(place)));
      }
    }
    counted
        .load()
        .forEach(mark ->
            found.forEach((place, entry) -> {
              if (entry.nodeid() == mark.nodeid()) {
                again(place, mark);
              }
            }));
    return found;
  }

  /// Makes a change that was noted and perhaps not made.
  private void again(int place, CountedRequests.Mark mark) {
    long at = at(place);
    if (mark.change() == memory.get(JAVA_INT, at + CHANGES) + 1) {
      boolean _ = handles(place, mark.client(), mark.handles());
      U32.setRelease(memory, at + CHANGES, mark.change());
    }
  }

  private Entry entry(long at) {
    int flags = memory.get(JAVA_INT, at + FLAGS);
    int length = Math.clamp(memory.get(JAVA_INT, at + PATH_BYTES), 0, MAX_PATH_BYTES);
    byte[] path = memory.asSlice(at + PATH, length).toArray(JAVA_BYTE);
    long from = at + RANGES + (long) PLACE_BYTES * (memory.get(JAVA_INT, at + WHICH) & 1);
    int count = Math.clamp(memory.get(JAVA_LONG, from), 0, Fmap.MAX_RANGES);
    List<DeviceRange> shown = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long range = from + 8 + (long) RANGE_BYTES * i;
      shown.add(
          new DeviceRange(
              (int) memory.get(JAVA_LONG, range),
              memory.get(JAVA_LONG, range + 8),
              memory.get(JAVA_LONG, range + 16)));
    }
    return new Entry(
        new String(path, StandardCharsets.UTF_8),
        memory.get(JAVA_LONG, at + NODEID),
        new NewAttributes(
            memory.get(JAVA_INT, at + MODE),
            memory.get(JAVA_INT, at + UID),
            memory.get(JAVA_INT, at + GID)),
        memory.get(JAVA_LONG, at + SIZE),
        shown,
        (flags & SPACE_KEPT) != 0,
        (flags & UNLINKED) != 0);
  }

  private synchronized int free() {
    int place = used.nextClearBit(0);
    if (place >= FILES) {
      if (!warned) {
        warned = true;
        LOG.log(
            System.Logger.Level.WARNING,
            "more than {0} new files at once: some of them do not survive this server",
            FILES);
      }
      return NOWHERE;
    }
    used.set(place);
    return place;
  }

  @Override
  public int put(int known, Entry entry) {
    int place = known == NOWHERE ? free() : known;
    if (place == NOWHERE) {
      return NOWHERE;
    }
    long at = at(place);
    if (known == NOWHERE) {
      begin(at, entry);
    }
    int which = memory.get(JAVA_INT, at + WHICH) ^ 1;
    long to = at + RANGES + (long) PLACE_BYTES * which;
    memory.set(JAVA_LONG, to, entry.shown().size());
    for (int i = 0; i < entry.shown().size(); i++) {
      DeviceRange range = entry.shown().get(i);
      long word = to + 8 + (long) RANGE_BYTES * i;
      memory.set(JAVA_LONG, word, range.daxdevIndex());
      memory.set(JAVA_LONG, word + 8, range.offset());
      memory.set(JAVA_LONG, word + 16, range.lengthBytes());
    }
    U32.setRelease(memory, at + WHICH, which);
    int flags = memory.get(JAVA_INT, at + FLAGS) & OPENED;
    flags |= (entry.spaceKept() ? SPACE_KEPT : 0) | (entry.unlinked() ? UNLINKED : 0);
    U32.setRelease(memory, at + FLAGS, flags);
    memory.set(JAVA_INT, at + MODE, entry.attributes().mode());
    memory.set(JAVA_INT, at + UID, entry.attributes().uid());
    memory.set(JAVA_INT, at + GID, entry.attributes().gid());
    size(place, entry.sizeBytes());
    U32.setRelease(memory, at + STATE, 1);
    return place;
  }

  private void begin(long at, Entry entry) {
    byte[] path = entry.path().getBytes(StandardCharsets.UTF_8);
    memory.asSlice(at, RECORD_BYTES).fill((byte) 0);
    memory.set(JAVA_LONG, at + NODEID, entry.nodeid());
    memory.set(JAVA_INT, at + PATH_BYTES, path.length);
    MemorySegment.copy(path, 0, memory, JAVA_BYTE, at + PATH, path.length);
  }

  @Override
  public void size(int place, long sizeBytes) {
    if (place != NOWHERE) {
      U64.setRelease(memory, at(place) + SIZE, sizeBytes);
    }
  }

  @Override
  public synchronized void remove(int place) {
    if (place != NOWHERE) {
      U32.setRelease(memory, at(place) + STATE, 0);
      used.clear(place);
    }
  }

  /// Notes who has made a file, and whether by CREATE.
  void maker(int place, long client, boolean opened) {
    if (place != NOWHERE) {
      long at = at(place);
      memory.set(JAVA_LONG, at + MAKER, client);
      U32.setRelease(memory, at + FLAGS, memory.get(JAVA_INT, at + FLAGS) | (opened ? OPENED : 0));
    }
  }

  /// Notes how many handles a client has after a request.
  ///
  /// @return false when there are too many clients
  boolean handles(int place, CountedRequests.By by, int count) {
    if (place == NOWHERE) {
      return true;
    }
    if (count > 0 && !hasRoom(place, by.client())) {
      return false;
    }
    long at = at(place);
    int change = memory.get(JAVA_INT, at + CHANGES) + 1;
    counted.note(by, memory.get(JAVA_LONG, at + NODEID), change, count);
    boolean _ = handles(place, by.client(), count);
    U32.setRelease(memory, at + CHANGES, change);
    return true;
  }

  private boolean hasRoom(int place, long client) {
    for (int i = 0; i < CLIENTS; i++) {
      long holder = memory.get(JAVA_LONG, at(place) + HANDLES + 16L * i);
      if (holder == client || holder == 0) {
        return true;
      }
    }
    return false;
  }

  /// Notes how many handles a client has that can write.
  ///
  /// @return false when there are too many clients
  boolean handles(int place, long client, int count) {
    if (place == NOWHERE) {
      return true;
    }
    int empty = -1;
    for (int i = 0; i < CLIENTS; i++) {
      long word = at(place) + HANDLES + 16L * i;
      long holder = memory.get(JAVA_LONG, word);
      if (holder == client) {
        memory.set(JAVA_LONG, word + 8, count);
        U64.setRelease(memory, word, count == 0 ? 0 : client);
        return true;
      }
      empty = empty < 0 && holder == 0 ? i : empty;
    }
    if (empty < 0) {
      return count == 0;
    }
    long word = at(place) + HANDLES + 16L * empty;
    memory.set(JAVA_LONG, word + 8, count);
    U64.setRelease(memory, word, client);
    return true;
  }

  /// The handles of all clients, as another process has left them.
  Map<Long, Integer> handles(int place) {
    Map<Long, Integer> found = new HashMap<>();
    for (int i = 0; i < CLIENTS; i++) {
      long word = at(place) + HANDLES + 16L * i;
      if (memory.get(JAVA_LONG, word) != 0) {
        found.put(memory.get(JAVA_LONG, word), (int) memory.get(JAVA_LONG, word + 8));
      }
    }
    return found;
  }

  long maker(int place) {
    return memory.get(JAVA_LONG, at(place) + MAKER);
  }

  boolean opened(int place) {
    return (memory.get(JAVA_INT, at(place) + FLAGS) & OPENED) != 0;
  }
}
