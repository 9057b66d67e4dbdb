package io.famfs.vhostuser;

import org.jspecify.annotations.Nullable;

/// The front-end messages a back-end here understands: the table that drives the checks on
/// features, sizes and descriptors.
enum FrontEndMessage {
  GET_FEATURES(1, 0, 0, 0, 0),
  SET_FEATURES(2, 8, 8, 0, 0),
  SET_OWNER(3, 0, 0, 0, 0),
  RESET_OWNER(4, 0, 0, 0, 0),
  SET_MEM_TABLE(
      5,
      MessageLayout.TABLE_REGIONS,
      MessageLayout.TABLE_REGIONS + MessageLayout.TABLE_MAX_REGIONS * MessageLayout.REGION_BYTES,
      MessageLayout.TABLE_MAX_REGIONS,
      0),
  SET_LOG_BASE(6, MessageLayout.LOG_BYTES, MessageLayout.LOG_BYTES, 1, ProtocolFeature.LOG_SHMFD),
  SET_LOG_FD(7, 0, 8, 1, ProtocolFeature.LOG_SHMFD),
  SET_VRING_NUM(8, MessageLayout.STATE_BYTES, MessageLayout.STATE_BYTES, 0, 0),
  SET_VRING_ADDR(9, MessageLayout.ADDRESSES_BYTES, MessageLayout.ADDRESSES_BYTES, 0, 0),
  SET_VRING_BASE(10, MessageLayout.STATE_BYTES, MessageLayout.STATE_BYTES, 0, 0),
  GET_VRING_BASE(11, MessageLayout.STATE_BYTES, MessageLayout.STATE_BYTES, 0, 0),
  SET_VRING_KICK(12, 8, 8, 1, 0),
  SET_VRING_CALL(13, 8, 8, 1, 0),
  SET_VRING_ERR(14, 8, 8, 1, 0),
  GET_PROTOCOL_FEATURES(15, 0, 0, 0, 0),
  SET_PROTOCOL_FEATURES(16, 8, 8, 0, 0),
  GET_QUEUE_NUM(17, 0, 0, 0, ProtocolFeature.MQ),
  SET_VRING_ENABLE(18, MessageLayout.STATE_BYTES, MessageLayout.STATE_BYTES, 0, 0),
  SET_BACKEND_REQ_FD(21, 0, 0, 1, ProtocolFeature.BACKEND_REQ),
  GET_CONFIG(
      24,
      MessageLayout.CONFIG_DATA,
      MessageLayout.CONFIG_DATA + MessageLayout.CONFIG_MAX_BYTES,
      0,
      ProtocolFeature.CONFIG),
  SET_CONFIG(
      25,
      MessageLayout.CONFIG_DATA,
      MessageLayout.CONFIG_DATA + MessageLayout.CONFIG_MAX_BYTES,
      0,
      ProtocolFeature.CONFIG),
  RESET_DEVICE(34, 0, 0, 0, ProtocolFeature.RESET_DEVICE),
  SET_DEVICE_STATE_FD(
      42,
      MessageLayout.TRANSFER_BYTES,
      MessageLayout.TRANSFER_BYTES,
      1,
      ProtocolFeature.DEVICE_STATE),
  CHECK_DEVICE_STATE(43, 0, 0, 0, ProtocolFeature.DEVICE_STATE),
  GET_SHMEM_CONFIG(44, 0, 0, 0, ProtocolFeature.SHMEM);

  private static final int MAX_ID = 44;
  private static final @Nullable FrontEndMessage[] BY_ID = byId();

  private final int id;
  private final int minPayloadBytes;
  private final int maxPayloadBytes;
  private final int maxFds;
  private final long requiredFeature;

  FrontEndMessage(
      int id, int minPayloadBytes, int maxPayloadBytes, int maxFds, long requiredFeature) {
    this.id = id;
    this.minPayloadBytes = minPayloadBytes;
    this.maxPayloadBytes = maxPayloadBytes;
    this.maxFds = maxFds;
    this.requiredFeature = requiredFeature;
  }

  static @Nullable FrontEndMessage of(int id) {
    return id > 0 && id <= MAX_ID ? BY_ID[id] : null;
  }

  /// Checks what the table knows, in the fixed order.
  void check(long protocolFeatures, int payloadBytes, int fds) throws ProtocolViolation {
    if ((protocolFeatures & requiredFeature) != requiredFeature) {
      throw new ProtocolViolation(this + ": its protocol feature was not negotiated");
    }
    if (payloadBytes < minPayloadBytes || payloadBytes > maxPayloadBytes) {
      throw new ProtocolViolation(this + ": a payload of " + payloadBytes + " bytes");
    }
    if (fds > maxFds) {
      throw new ProtocolViolation(this + ": " + fds + " descriptors");
    }
  }

  private static @Nullable FrontEndMessage[] byId() {
    @Nullable FrontEndMessage[] table = new FrontEndMessage[MAX_ID + 1];
    for (FrontEndMessage message : values()) {
      table[message.id] = message;
    }
    return table;
  }
}
