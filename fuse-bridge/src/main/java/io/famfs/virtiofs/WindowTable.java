package io.famfs.virtiofs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;

/// The live maps of a window in memory that outlives the process. Before a request goes to the
/// front-end its map is in doubt here, so that whoever takes over knows of every map that may be
/// there. Guarded by the window's lock.
///
/// ```
///  0  u64 where the guest has the window
///  8  u64 maps that were ever noted
/// 64  { u64 state, u64 nodeid, u64 window offset, u64 bytes,
///       u32 device, u32 1 for no stores, u64 device offset } [...]
/// ```
final class WindowTable {
  private static final int FIRST_ENTRY = 64;
  private static final int ENTRY_BYTES = 48;
  private static final long RANGE_BYTES = 2L << 20;

  /// Maps for each 2 MiB of a window: a file in more pieces does not fit.
  private static final int MAPS_PER_RANGE = 64;

  private static final long FREE = 0;
  private static final long IN_DOUBT = 1;
  private static final long LIVE = 2;
  private static final long NO_STORES = 1L << 32;
  private static final VarHandle U64 = ValueLayout.JAVA_LONG.varHandle();

  private final MemorySegment memory;
  private final BitSet used = new BitSet();
  private final Map<Long, Integer> places = new HashMap<>();
  private final int capacity;

  WindowTable(MemorySegment memory) {
    this.memory = memory;
    capacity = Math.toIntExact((memory.byteSize() - FIRST_ENTRY) / ENTRY_BYTES);
  }

  /// What a window of a size needs; pages that are never used are never taken.
  static long bytes(long windowBytes) {
    return FIRST_ENTRY + windowBytes / RANGE_BYTES * MAPS_PER_RANGE * ENTRY_BYTES;
  }

  private static long entry(int place) {
    return FIRST_ENTRY + (long) ENTRY_BYTES * place;
  }

  private long word(long at) {
    return memory.get(ValueLayout.JAVA_LONG, at);
  }

  /// Reads what another process has left.
  void load(NavigableMap<Long, LiveMap> into) {
    long noted = Math.min(word(8), capacity);
    for (int place = 0; place < noted; place++) {
      long at = entry(place);
      long state = word(at);
      if (state != FREE) {
        LiveMap map =
            new LiveMap(
                word(at + 8),
                word(at + 16),
                word(at + 24),
                (int) word(at + 32),
                word(at + 40),
                (word(at + 32) & NO_STORES) == 0,
                state == LIVE);
        into.put(map.windowOffset(), map);
        used.set(place);
        places.put(map.windowOffset(), place);
      }
    }
  }

  /// Whether one more map can be noted.
  boolean hasRoom() {
    return used.cardinality() < capacity;
  }

  /// A request about a map is about to go to the front-end, or its answer is not known.
  void doubt(LiveMap map) {
    write(map, IN_DOUBT);
  }

  /// The front-end has a map.
  void live(LiveMap map) {
    write(map, LIVE);
  }

  private void write(LiveMap map, long state) {
    Integer known = places.get(map.windowOffset());
    int place = known == null ? used.nextClearBit(0) : known;
    if (place >= capacity) {
      throw new IllegalStateException("the table of maps is full");
    }
    long at = entry(place);
    if (known == null) {
      used.set(place);
      places.put(map.windowOffset(), place);
      memory.set(ValueLayout.JAVA_LONG, at + 8, map.nodeid());
      memory.set(ValueLayout.JAVA_LONG, at + 16, map.windowOffset());
      memory.set(ValueLayout.JAVA_LONG, at + 24, map.lengthBytes());
      long stores = map.writable() ? 0 : NO_STORES;
      memory.set(ValueLayout.JAVA_LONG, at + 32, map.deviceIndex() | stores);
      memory.set(ValueLayout.JAVA_LONG, at + 40, map.deviceOffset());
    }
    U64.setRelease(memory, at, state);
    if (place >= word(8)) {
      U64.setRelease(memory, 8L, place + 1L);
    }
  }

  /// The front-end does not have the map at an offset of the window.
  void remove(long windowOffset) {
    Integer place = places.remove(windowOffset);
    if (place != null) {
      used.clear(place);
      U64.setRelease(memory, entry(place), FREE);
    }
  }

  void clear() {
    memory.set(ValueLayout.JAVA_LONG, 8, 0);
    VarHandle.storeStoreFence();
    for (int place = used.nextSetBit(0); place >= 0; place = used.nextSetBit(place + 1)) {
      memory.set(ValueLayout.JAVA_LONG, entry(place), FREE);
    }
    used.clear();
    places.clear();
    guestBase(0);
  }

  long guestBase() {
    return word(0);
  }

  void guestBase(long address) {
    U64.setRelease(memory, 0L, address);
  }
}
