package io.famfs.vhostuser;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// What a connection was told so far, as it is left to the next process. Numbers of descriptors are
/// those in the names of what was left, see [KeptDescriptors]; 0 is none.
///
/// @param lastRequest the message that was handled last
/// @param channel the descriptor of the back-end channel
/// @param log the log of dirty pages
record ConnectionImage(
    int lastRequest,
    long features,
    long protocolFeatures,
    boolean running,
    int channel,
    Log log,
    List<Ring> rings,
    List<Region> regions) {
  private static final int VERSION = 2;
  private static final int HEAD_BYTES = 64;
  private static final int RING_BYTES = 72;
  private static final int REGION_BYTES = 40;

  /// The log of dirty pages, and where in its file it is.
  record Log(int fd, long offset, long sizeBytes) {
    static final Log NONE = new Log(0, 0, 0);
  }

  /// A ring as the front-end has described it.
  ///
  /// @param placed whether the addresses were given
  /// @param usedLog see [Vring#usedLog()]
  /// @param stoppedAt see [MessageHandler]
  record Ring(
      int num,
      long descriptorTable,
      long availRing,
      long usedRing,
      boolean placed,
      long usedLog,
      int base,
      int stoppedAt,
      boolean started,
      boolean enabled,
      int kick,
      int call,
      int err) {}

  /// A region of guest memory and its descriptor.
  record Region(long fileOffset, long guestAddress, long userAddress, long sizeBytes, int fd) {}

  byte[] encode() {
    int bytes = HEAD_BYTES + RING_BYTES * rings.size() + REGION_BYTES * regions.size();
    ByteBuffer to = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    to.putInt(VERSION).putInt(lastRequest).putLong(features).putLong(protocolFeatures);
    to.putInt(running ? 1 : 0).putInt(channel).putInt(rings.size()).putInt(regions.size());
    to.putLong(log.fd).putLong(log.offset).putLong(log.sizeBytes);
    for (Ring ring : rings) {
      to.putInt(ring.num).putInt(ring.placed ? 1 : 0);
      to.putLong(ring.descriptorTable).putLong(ring.availRing).putLong(ring.usedRing);
      to.putLong(ring.usedLog).putInt(ring.base).putInt(ring.stoppedAt);
      to.putInt(ring.started ? 1 : 0).putInt(ring.enabled ? 1 : 0);
      to.putInt(ring.kick).putInt(ring.call).putInt(ring.err).putInt(0);
    }
    for (Region region : regions) {
      to.putLong(region.fileOffset).putLong(region.guestAddress).putLong(region.userAddress);
      to.putLong(region.sizeBytes).putLong(region.fd);
    }
    return to.array();
  }

  /// @throws ProtocolViolation when it is none that this program can go on with
  static ConnectionImage decode(ByteBuffer from, int ringCount) throws ProtocolViolation {
    if (from.remaining() < HEAD_BYTES || from.getInt() != VERSION) {
      throw new ProtocolViolation("what another process has left of the connection is unknown");
    }
    int lastRequest = from.getInt();
    long features = from.getLong();
    long protocolFeatures = from.getLong();
    boolean running = from.getInt() != 0;
    int channel = from.getInt();
    int rings = from.getInt();
    int regions = from.getInt();
    Log log = new Log((int) from.getLong(), from.getLong(), from.getLong());
    if (rings != ringCount
        || regions < 0
        || regions > MessageLayout.TABLE_MAX_REGIONS
        || from.remaining() != RING_BYTES * rings + REGION_BYTES * regions) {
      throw new ProtocolViolation("another process has left a connection of " + rings + " rings");
    }
    List<Ring> ringList = new ArrayList<>(rings);
    for (int i = 0; i < rings; i++) {
      ringList.add(ring(from));
    }
    List<Region> regionList = new ArrayList<>(regions);
    for (int i = 0; i < regions; i++) {
      regionList.add(
          new Region(
              from.getLong(),
              from.getLong(),
              from.getLong(),
              from.getLong(),
              (int) from.getLong()));
    }
    return new ConnectionImage(
        lastRequest, features, protocolFeatures, running, channel, log, ringList, regionList);
  }

  private static Ring ring(ByteBuffer from) {
    int num = from.getInt();
    boolean placed = from.getInt() != 0;
    Ring ring =
        new Ring(
            num,
            from.getLong(),
            from.getLong(),
            from.getLong(),
            placed,
            from.getLong(),
            from.getInt(),
            from.getInt(),
            from.getInt() != 0,
            from.getInt() != 0,
            from.getInt(),
            from.getInt(),
            from.getInt());
    from.getInt();
    return ring;
  }
}
