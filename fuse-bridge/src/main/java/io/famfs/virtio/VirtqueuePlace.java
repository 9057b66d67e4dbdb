package io.famfs.virtio;

/// Where the front-end says a queue is: its three parts, in the front-end's own address space.
///
/// @param num entries
/// @param descriptorArea user address of the descriptor table, or of the ring of a packed queue
/// @param driverArea user address of the available ring, or of the driver's event suppression
/// @param deviceArea user address of the used ring, or of the device's event suppression
public record VirtqueuePlace(int num, long descriptorArea, long driverArea, long deviceArea) {
  /// The largest queue of the specification (clauses 2.7, 2.8).
  public static final int MAX_NUM = 32768;

  private static final int EVENT_ALIGNMENT = 4;

  /// Whether a queue can have so many entries: of a split one a power of two (clause 2.7), of a
  /// packed one any number (clause 2.8.10.1).
  public static boolean isSize(int num, boolean packed) {
    return num >= 1 && num <= MAX_NUM && (packed || Integer.bitCount(num) == 1);
  }

  /// How long the used ring of a split queue is.
  public long usedRingBytes() {
    return VirtqueueLayout.usedRingBytes(num);
  }

  /// Why a queue cannot be there, whatever the memory is; OK when it can.
  public ChainResult check(boolean packed) {
    // 2.7: alignments 16, 2 and 4; 2.8.10.1: 16, 4 and 4.
    int driverAlignment = packed ? EVENT_ALIGNMENT : VirtqueueLayout.AVAIL_ALIGNMENT;
    int deviceAlignment = packed ? EVENT_ALIGNMENT : VirtqueueLayout.USED_ALIGNMENT;
    boolean aligned =
        descriptorArea % VirtqueueLayout.DESCRIPTOR_ALIGNMENT == 0
            && driverArea % driverAlignment == 0
            && deviceArea % deviceAlignment == 0;
    return aligned && isSize(num, packed) ? ChainResult.OK : ChainResult.RING_MISALIGNED;
  }
}
