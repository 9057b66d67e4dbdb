package io.famfs.virtio;

import io.famfs.core.Errno;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// An immutable table of guest memory regions.
///
/// A new table replaces the one in force while rings run, so a table counts its users: whoever
/// reads through it holds it ([#acquire()], [#release()]), and the last to let go releases the
/// regions that no other table has. Nobody waits for that.
///
/// Guest and user addresses from `2^63` up are never memory. Look-ups allocate nothing.
///
/// A table may have a [DirtyLog]: what is written through it is marked there.
public final class GuestMemory {
  private static final int NOT_FOUND = -1;
  private static final long RELEASE_LOOK_NANOS = 20_000;

  private final GuestRegion[] regions;
  private final long[] guestStart;
  private final long[] guestEnd;
  private final MemorySegment[] memory;
  private final AtomicInteger users = new AtomicInteger(1);
  private final @Nullable DirtyLog log;
  private final @Nullable DirtyLog dataLog;

  private GuestMemory(List<GuestRegion> sorted, @Nullable DirtyLog log, boolean logsData) {
    this.log = log;
    dataLog = logsData ? log : null;
    if (log != null) {
      log.addTable();
    }
    int count = sorted.size();
    regions = sorted.toArray(GuestRegion[]::new);
    guestStart = new long[count];
    guestEnd = new long[count];
    memory = new MemorySegment[count];
    for (int i = 0; i < count; i++) {
      GuestRegion region = regions[i];
      guestStart[i] = region.identity().guestAddress();
      guestEnd[i] = guestStart[i] + region.identity().sizeBytes();
      memory[i] = region.memory();
      region.addTable();
    }
  }

  /// A table without memory, held by the caller.
  public static GuestMemory empty() {
    return new GuestMemory(List.of(), null, false);
  }

  /// A table of these regions, held by the caller until it calls [#release()].
  ///
  /// @throws IllegalArgumentException when two regions overlap in the guest; nothing is held then
  public static GuestMemory of(List<GuestRegion> regions) {
    return of(regions, null, false);
  }

  /// The same with a log of what is written.
  ///
  /// @param log null for none
  /// @param logsData whether [#write] marks what it writes; a ring does so by itself, see [#log()]
  public static GuestMemory of(
      List<GuestRegion> regions, @Nullable DirtyLog log, boolean logsData) {
    List<GuestRegion> sorted =
        regions.stream()
            .sorted(Comparator.comparingLong(region -> region.identity().guestAddress()))
            .toList();
    for (int i = 1; i < sorted.size(); i++) {
      if (sorted.get(i - 1).identity().overlapsInGuest(sorted.get(i).identity())) {
        throw new IllegalArgumentException(
            "overlap: " + sorted.get(i - 1).identity() + ", " + sorted.get(i).identity());
      }
    }
    return new GuestMemory(sorted, log, logsData);
  }

  /// Starts a use by one more holder.
  ///
  /// @return false when the table has already been let go by all; it must not be used then
  public boolean acquire() {
    int now = users.get();
    while (now > 0) {
      int seen = users.compareAndExchange(now, now + 1);
      if (seen == now) {
        return true;
      }
      now = seen;
    }
    return false;
  }

  /// Ends a use; the last one releases the regions.
  public void release() {
    if (users.decrementAndGet() == 0) {
      for (GuestRegion region : regions) {
        region.removeTable();
      }
      if (log != null) {
        log.removeTable();
      }
    }
  }

  /// Waits until nobody uses the table any more; the caller has let go of it.
  ///
  /// @return false when somebody still does after the limit
  public boolean awaitReleased(long limitNanos) {
    long start = System.nanoTime();
    while (users.get() > 0) {
      if (System.nanoTime() - start > limitNanos) {
        return false;
      }
      LockSupport.parkNanos(RELEASE_LOOK_NANOS);
    }
    return true;
  }

  /// Where writes to used rings are marked, by rings that are told to; null for nowhere.
  public @Nullable DirtyLog log() {
    return log;
  }

  /// The first address behind all memory.
  public long end() {
    return guestEnd.length == 0 ? 0 : guestEnd[guestEnd.length - 1];
  }

  /// The regions, by ascending guest address.
  public List<GuestRegion> regions() {
    return List.of(regions);
  }

  /// Index of the region that has this guest address, or a negative number.
  public int find(long guestAddress) {
    int low = 0;
    int high = guestStart.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (guestAddress < guestStart[middle]) {
        high = middle - 1;
      } else if (guestAddress >= guestEnd[middle]) {
        low = middle + 1;
      } else {
        return middle;
      }
    }
    return NOT_FOUND;
  }

  /// Index of the region that has this user address of the front-end, or a negative number.
  public int findUser(long userAddress) {
    for (int i = 0; i < regions.length; i++) {
      long offset = userAddress - regions[i].identity().userAddress();
      if (offset >= 0 && offset < regions[i].identity().sizeBytes() && userAddress >= 0) {
        return i;
      }
    }
    return NOT_FOUND;
  }

  /// Index of the region that has all of a range of user addresses, or a negative number.
  public int findUser(long userAddress, long lengthBytes) {
    int region = findUser(userAddress);
    boolean whole =
        region >= 0 && userOffset(region, userAddress) <= memory[region].byteSize() - lengthBytes;
    return whole ? region : NOT_FOUND;
  }

  /// The bytes of a region.
  public MemorySegment memory(int region) {
    return memory[region];
  }

  /// Where the guest has a region.
  public long guestAddress(int region) {
    return guestStart[region];
  }

  /// Where in a region a guest address lies.
  public long offset(int region, long guestAddress) {
    return guestAddress - guestStart[region];
  }

  /// Where in a region a user address lies.
  public long userOffset(int region, long userAddress) {
    return userAddress - regions[region].identity().userAddress();
  }

  /// Whether all of the range is memory; it may run over adjacent regions.
  public boolean contains(long guestAddress, long lengthBytes) {
    long at = guestAddress;
    long left = lengthBytes;
    while (left > 0) {
      int region = find(at);
      if (region < 0) {
        return false;
      }
      long here = Math.min(left, guestEnd[region] - at);
      at += here;
      left -= here;
    }
    return left == 0;
  }

  /// Copies guest memory to `dst`, running over adjacent regions.
  ///
  /// @return 0, or -EFAULT when a part of the range is not memory; what lies before that part has
  ///   been copied
  public int read(long guestAddress, MemorySegment dst, long dstOffset, long lengthBytes) {
    long done = 0;
    while (done < lengthBytes) {
      long at = guestAddress + done;
      int region = find(at);
      if (region < 0) {
        return -Errno.EFAULT;
      }
      long here = Math.min(lengthBytes - done, guestEnd[region] - at);
      MemorySegment.copy(memory[region], at - guestStart[region], dst, dstOffset + done, here);
      done += here;
    }
    return 0;
  }

  /// Copies `src` to guest memory, running over adjacent regions.
  ///
  /// @return as [#read]
  public int write(long guestAddress, MemorySegment src, long srcOffset, long lengthBytes) {
    long done = 0;
    while (done < lengthBytes) {
      long at = guestAddress + done;
      int region = find(at);
      if (region < 0) {
        return -Errno.EFAULT;
      }
      long here = Math.min(lengthBytes - done, guestEnd[region] - at);
      try {
        MemorySegment.copy(src, srcOffset + done, memory[region], at - guestStart[region], here);
      } finally {
        // Also when memory has gone in the middle of it.
        if (dataLog != null) {
          dataLog.mark(at, here);
        }
      }
      done += here;
    }
    return 0;
  }
}
