package io.famfs.virtiofs;

import io.famfs.vhostuser.BackEndChannel;
import io.famfs.vhostuser.BackEndChannel.Outcome;
import io.famfs.vhostuser.ProtocolFeature;

/// What the vhost-user specification lets a back-end rely on: `VHOST_USER_BACKEND_SHMEM_MAP` is
/// acknowledged when it is done, its flag for stores is obeyed, and a map over a map is refused.
final class SpecificationRules implements FrontEndRules {
  /// Ranges of a Linux guest: a window is used in these.
  private static final long RANGE_BYTES = 2L << 20;

  @Override
  public long protocolFeatures(boolean window) {
    long plain =
        ProtocolFeature.MQ
            | ProtocolFeature.REPLY_ACK
            | ProtocolFeature.RESET_DEVICE
            | ProtocolFeature.CONFIG;
    return window
        ? plain | DaxWindow.NEEDED_FEATURES
        : plain | ProtocolFeature.LOG_SHMFD | ProtocolFeature.DEVICE_STATE;
  }

  @Override
  public void checkWindow(long windowBytes) {
    if (windowBytes < 0 || windowBytes % RANGE_BYTES != 0) {
      throw new IllegalArgumentException(
          "a window of " + windowBytes + " bytes does not work: it has to be a multiple of 2 MiB");
    }
  }

  @Override
  public boolean enforcesReadOnly() {
    return true;
  }

  @Override
  public Outcome settle(BackEndChannel channel) {
    return Outcome.DONE;
  }
}
