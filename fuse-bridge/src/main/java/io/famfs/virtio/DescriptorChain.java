package io.famfs.virtio;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// One descriptor chain, read from a queue into arrays of its own.
///
/// Owned by one worker and reused for every request. Each descriptor is read once; what the driver
/// changes afterwards changes nothing here. Whether the buffers are guest memory shows only when
/// they are copied, so that a bad data buffer still lets its request be answered.
public final class DescriptorChain {
  private final BufferList readable;
  private final BufferList writable;

  /// The descriptors as they were read: those of a packed ring one behind the other, else the one
  /// at hand.
  private final MemorySegment raw;

  /// A descriptor of a table of a packed queue.
  private final MemorySegment entry =
      Arena.ofAuto().allocate(VirtqueueLayout.DESCRIPTOR_BYTES, VirtqueueLayout.DESCRIPTOR_BYTES);

  /// The first fault that concerns this request only.
  private ChainResult fault = ChainResult.OK;

  private int taken;
  private int slots;
  private int bufferId;

  /// @param queueSize the largest number of descriptors a chain may have
  public DescriptorChain(int queueSize) {
    readable = new BufferList(queueSize);
    writable = new BufferList(queueSize);
    long bytes = (long) queueSize * VirtqueueLayout.DESCRIPTOR_BYTES;
    raw = Arena.ofAuto().allocate(bytes, VirtqueueLayout.DESCRIPTOR_BYTES);
  }

  /// What the driver wrote for us.
  public BufferList readable() {
    return readable;
  }

  /// Where our answer goes.
  public BufferList writable() {
    return writable;
  }

  /// How many descriptors the chain has, those in a table of its own included.
  public int descriptors() {
    return taken;
  }

  /// How many entries of a packed ring the chain has.
  int slots() {
    return slots;
  }

  /// The id that gives the chain back to the driver of a packed ring.
  int bufferId() {
    return bufferId;
  }

  /// The descriptors of a packed ring, [#slots()] of them.
  MemorySegment raw() {
    return raw;
  }

  private void begin() {
    readable.clear();
    writable.clear();
    fault = ChainResult.OK;
    taken = 0;
    slots = 0;
  }

  /// Reads the chain that starts at `head` of a split queue.
  ///
  /// @return a result that breaks the ring as soon as it is met; otherwise OK or the first fault of
  ///   the request, with all good buffers collected
  ChainResult load(SplitVirtqueue queue, GuestMemory memory, int head) {
    begin();
    int num = queue.num();
    if (head >= num) {
      return ChainResult.HEAD_OUT_OF_RANGE;
    }
    int index = head;
    while (true) {
      // 2.7.5.2: the driver must not build a loop; more entries than the table has is one.
      if (++taken > num) {
        return ChainResult.TOO_MANY_DESCRIPTORS;
      }
      queue.copyDescriptor(index, raw);
      long address = raw.get(VirtqueueLayout.U64, 0);
      long rest = raw.get(VirtqueueLayout.U64, 8);
      int flags = flags(rest);
      if ((flags & VirtqueueLayout.FLAG_INDIRECT) != 0) {
        return loadIndirect(queue, memory, address, rest);
      }
      add(address, rest, (flags & VirtqueueLayout.FLAG_WRITE) != 0);
      if ((flags & VirtqueueLayout.FLAG_NEXT) == 0) {
        return fault;
      }
      index = next(rest);
      if (index >= num) {
        return ChainResult.NEXT_OUT_OF_RANGE;
      }
    }
  }

  private ChainResult loadIndirect(
      SplitVirtqueue queue, GuestMemory memory, long tableAddress, long tableRest) {
    // 2.7.5.3.1: only when negotiated, never together with NEXT; WRITE on it is ignored
    // (2.7.5.3.2).
    if (!queue.indirectNegotiated()) {
      return ChainResult.INDIRECT_NOT_NEGOTIATED;
    }
    if ((flags(tableRest) & VirtqueueLayout.FLAG_NEXT) != 0) {
      return ChainResult.INDIRECT_WITH_NEXT;
    }
    long tableBytes = tableRest & 0xffff_ffffL;
    if (tableBytes == 0 || tableBytes % VirtqueueLayout.DESCRIPTOR_BYTES != 0) {
      return ChainResult.INDIRECT_BAD_LENGTH;
    }
    long entries = tableBytes / VirtqueueLayout.DESCRIPTOR_BYTES;
    // The descriptor that refers to the table is no buffer and does not count.
    taken--;
    long index = 0;
    while (true) {
      // 2.7.5.3.1: a chain is never longer than the queue size, also inside a table.
      if (++taken > queue.num()) {
        return ChainResult.TOO_MANY_DESCRIPTORS;
      }
      long at = tableAddress + index * VirtqueueLayout.DESCRIPTOR_BYTES;
      if (memory.read(at, raw, 0, VirtqueueLayout.DESCRIPTOR_BYTES) != 0) {
        return ChainResult.INDIRECT_OUTSIDE_MEMORY;
      }
      long address = raw.get(VirtqueueLayout.U64, 0);
      long rest = raw.get(VirtqueueLayout.U64, 8);
      int flags = flags(rest);
      if ((flags & VirtqueueLayout.FLAG_INDIRECT) != 0) {
        return ChainResult.INDIRECT_NESTED;
      }
      add(address, rest, (flags & VirtqueueLayout.FLAG_WRITE) != 0);
      if ((flags & VirtqueueLayout.FLAG_NEXT) == 0) {
        return fault;
      }
      index = next(rest);
      if (index >= entries) {
        return ChainResult.NEXT_OUT_OF_RANGE;
      }
    }
  }

  /// Reads the next chain of a packed queue.
  ///
  /// @param room entries that are not in use, the most that the chain may have
  /// @param indirect whether tables were negotiated
  /// @return as [#load]
  ChainResult loadPacked(PackedVirtqueue queue, GuestMemory memory, int room, boolean indirect) {
    begin();
    boolean more = true;
    while (more) {
      // 2.8.17: a list is not longer than the queue, and there is space for all of it.
      if (slots == room) {
        return ChainResult.TOO_MANY_DESCRIPTORS;
      }
      queue.copyDescriptor(slots, raw, at(slots));
      ChainResult result = addSlot(memory, queue.num(), indirect);
      if (result.breaksRing()) {
        return result;
      }
      more =
          (packedFlags(raw.get(VirtqueueLayout.U64, at(slots) + 8)) & VirtqueueLayout.FLAG_NEXT)
              != 0;
      slots++;
    }
    return fault;
  }

  /// Reads a chain of a packed queue that another process has taken.
  ChainResult loadNoted(
      PackedInflightTable table, GuestMemory memory, int first, int num, boolean indirect) {
    begin();
    int all = table.slots(first);
    int place = first;
    while (slots < all) {
      table.copyDescriptor(place, raw, at(slots));
      ChainResult result = addSlot(memory, num, indirect);
      if (result.breaksRing()) {
        return result;
      }
      place = table.next(place);
      slots++;
    }
    return fault;
  }

  private static long at(int slot) {
    return (long) slot * VirtqueueLayout.DESCRIPTOR_BYTES;
  }

  /// Adds what the descriptor read last stands for.
  private ChainResult addSlot(GuestMemory memory, int num, boolean indirect) {
    long address = raw.get(VirtqueueLayout.U64, at(slots));
    long rest = raw.get(VirtqueueLayout.U64, at(slots) + 8);
    int flags = packedFlags(rest);
    bufferId = (int) (rest >>> 32) & 0xffff;
    if ((flags & VirtqueueLayout.FLAG_INDIRECT) == 0) {
      taken++;
      add(address, rest, (flags & VirtqueueLayout.FLAG_WRITE) != 0);
      return ChainResult.OK;
    }
    // 2.8.19: only when negotiated, never in a list.
    if (!indirect) {
      return ChainResult.INDIRECT_NOT_NEGOTIATED;
    }
    if (slots > 0 || (flags & VirtqueueLayout.FLAG_NEXT) != 0) {
      return ChainResult.INDIRECT_WITH_NEXT;
    }
    return addTable(memory, address, rest & 0xffff_ffffL, num);
  }

  /// Adds all of a table. Flags other than WRITE and the ids in it are ignored (2.8.7).
  private ChainResult addTable(GuestMemory memory, long address, long bytes, int num) {
    if (bytes == 0 || bytes % VirtqueueLayout.DESCRIPTOR_BYTES != 0) {
      return ChainResult.INDIRECT_BAD_LENGTH;
    }
    // 2.8.5: no list is longer than the queue size.
    if (bytes / VirtqueueLayout.DESCRIPTOR_BYTES > num) {
      return ChainResult.TOO_MANY_DESCRIPTORS;
    }
    for (long done = 0; done < bytes; done += VirtqueueLayout.DESCRIPTOR_BYTES) {
      if (memory.read(address + done, entry, 0, VirtqueueLayout.DESCRIPTOR_BYTES) != 0) {
        return ChainResult.INDIRECT_OUTSIDE_MEMORY;
      }
      taken++;
      long rest = entry.get(VirtqueueLayout.U64, 8);
      boolean write = (packedFlags(rest) & VirtqueueLayout.FLAG_WRITE) != 0;
      add(entry.get(VirtqueueLayout.U64, 0), rest, write);
    }
    return ChainResult.OK;
  }

  private void add(long address, long rest, boolean write) {
    long bytes = rest & 0xffff_ffffL;
    BufferList list = write ? writable : readable;
    if (bytes == 0) {
      note(ChainResult.ZERO_LENGTH);
    } else if (list.wouldOverflow(bytes)) {
      note(ChainResult.LENGTH_OVERFLOW);
    } else if (!write && writable.count() > 0) {
      // 2.7.4.2: device-writable descriptors come after all device-readable ones.
      note(ChainResult.WRITABLE_BEFORE_READABLE);
    } else {
      list.add(address, (int) bytes);
    }
  }

  private void note(ChainResult first) {
    if (fault == ChainResult.OK) {
      fault = first;
    }
  }

  private static int flags(long rest) {
    return (int) (rest >>> 32) & 0xffff;
  }

  private static int packedFlags(long rest) {
    return (int) (rest >>> 48) & 0xffff;
  }

  private static int next(long rest) {
    return (int) (rest >>> 48) & 0xffff;
  }
}
