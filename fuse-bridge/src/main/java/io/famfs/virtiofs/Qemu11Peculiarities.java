package io.famfs.virtiofs;

import io.famfs.vhostuser.BackEndChannel;
import io.famfs.vhostuser.BackEndChannel.Outcome;
import io.famfs.vhostuser.ProtocolFeature;

/// What stock QEMU 11.1 does not bear around shared memory regions, and what follows from it. All
/// of it is also correct towards a front-end without these limits.
///
/// | QEMU 11.1 | so |
/// |---|---|
/// | aborts above 512 regions, and crashes when a guest restarts with live maps, if memory slots can be configured | CONFIGURE_MEM_SLOTS is not offered, not even without a window: another device of the same machine may have one |
/// | refuses a map over a map, and an unmap that is not exactly one earlier map | [DaxWindow] keeps a table and takes old maps out whole |
/// | crashes when asked before the device runs or after it stopped | the channel is barred outside SET_VRING_ENABLE 1 to 0 |
/// | answers a map before the guest sees it, and an unmap before the guest has lost it | [#settle] after every change |
/// | does not enforce read-only maps, and maps nothing from a read-only descriptor | maps are writable from the start, and a read-only export has no window |
/// | aborts on a region that is no power of two | [#checkWindow] |
/// | migrates its own virtio-fs device, never the one with a window | what migration needs is offered without a window only |
/// | warns and drops CONFIG for its own virtio-fs device, exits without it for the device with a window | CONFIG is offered with a window only |
final class Qemu11Peculiarities implements FrontEndRules {
  /// SHMEM_MAP takes file offsets in pages; lengths and window offsets are kept to pages too.
  static final int MAP_ALIGNMENT_LOG2 = 12;

  /// Ranges of a Linux guest; a smaller window fails its probe.
  private static final long MIN_WINDOW_BYTES = 2L << 20;

  /// Beyond it the guest spends gigabytes on the description of the window.
  private static final long MAX_WINDOW_BYTES = 64L << 30;

  /// A random UUID (version 4) that no object has.
  private static final long NO_OBJECT_HIGH = 0x5c1d_27b0_9e3f_4a86L;

  private static final long NO_OBJECT_LOW = 0xa2d4_71f3_08c6_be59L;

  @Override
  public long protocolFeatures(boolean window) {
    long plain = ProtocolFeature.MQ | ProtocolFeature.REPLY_ACK | ProtocolFeature.RESET_DEVICE;
    return window
        ? plain | DaxWindow.NEEDED_FEATURES | ProtocolFeature.CONFIG
        : plain | ProtocolFeature.LOG_SHMFD | ProtocolFeature.DEVICE_STATE;
  }

  @Override
  public void checkWindow(long windowBytes) {
    if (windowBytes == 0) {
      return;
    }
    if (windowBytes < MIN_WINDOW_BYTES
        || windowBytes > MAX_WINDOW_BYTES
        || Long.bitCount(windowBytes) != 1) {
      throw new IllegalArgumentException(
          "a window of "
              + windowBytes
              + " bytes does not work: it has to be a power of two from 2 MiB to 64 GiB"
              + " (32 MiB to 1 GiB is best)");
    }
  }

  @Override
  public boolean enforcesReadOnly() {
    return false;
  }

  /// A request without effect is answered only after the work of the earlier ones.
  @Override
  public Outcome settle(BackEndChannel channel) {
    return channel.removeSharedObject(NO_OBJECT_HIGH, NO_OBJECT_LOW);
  }
}
