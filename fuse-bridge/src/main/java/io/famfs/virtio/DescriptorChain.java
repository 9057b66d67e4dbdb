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
  private final MemorySegment descriptor =
      Arena.ofAuto().allocate(VirtqueueLayout.DESCRIPTOR_BYTES, VirtqueueLayout.DESCRIPTOR_BYTES);

  /// The first fault that concerns this request only.
  private ChainResult fault = ChainResult.OK;

  private int taken;

  /// @param queueSize the largest number of descriptors a chain may have
  public DescriptorChain(int queueSize) {
    readable = new BufferList(queueSize);
    writable = new BufferList(queueSize);
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

  /// Reads the chain that starts at `head`.
  ///
  /// @return a result that breaks the ring as soon as it is met; otherwise OK or the first fault of
  ///   the request, with all good buffers collected
  ChainResult load(SplitVirtqueue queue, GuestMemory memory, int head) {
    readable.clear();
    writable.clear();
    fault = ChainResult.OK;
    taken = 0;
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
      queue.copyDescriptor(index, descriptor);
      long address = descriptor.get(VirtqueueLayout.U64, 0);
      long rest = descriptor.get(VirtqueueLayout.U64, 8);
      int flags = flags(rest);
      if ((flags & VirtqueueLayout.FLAG_INDIRECT) != 0) {
        return loadIndirect(queue, memory, address, rest);
      }
      add(address, rest);
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
      if (memory.read(at, descriptor, 0, VirtqueueLayout.DESCRIPTOR_BYTES) != 0) {
        return ChainResult.INDIRECT_OUTSIDE_MEMORY;
      }
      long address = descriptor.get(VirtqueueLayout.U64, 0);
      long rest = descriptor.get(VirtqueueLayout.U64, 8);
      int flags = flags(rest);
      if ((flags & VirtqueueLayout.FLAG_INDIRECT) != 0) {
        return ChainResult.INDIRECT_NESTED;
      }
      add(address, rest);
      if ((flags & VirtqueueLayout.FLAG_NEXT) == 0) {
        return fault;
      }
      index = next(rest);
      if (index >= entries) {
        return ChainResult.NEXT_OUT_OF_RANGE;
      }
    }
  }

  private void add(long address, long rest) {
    long bytes = rest & 0xffff_ffffL;
    boolean write = (flags(rest) & VirtqueueLayout.FLAG_WRITE) != 0;
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

  private static int next(long rest) {
    return (int) (rest >>> 48) & 0xffff;
  }
}
