package io.famfs.vhostuser;

/// Protocol feature bits that a back-end here may offer, as masks.
public final class ProtocolFeature {
  /// More than one queue; GET_QUEUE_NUM.
  public static final long MQ = 1L;

  /// SET_LOG_BASE brings the memory of the log of dirty pages.
  public static final long LOG_SHMFD = 1L << 1;

  /// The need_reply flag.
  public static final long REPLY_ACK = 1L << 3;

  /// SET_BACKEND_REQ_FD.
  public static final long BACKEND_REQ = 1L << 5;

  /// GET_CONFIG, SET_CONFIG.
  public static final long CONFIG = 1L << 9;

  /// Descriptors may go with back-end messages.
  public static final long BACKEND_SEND_FD = 1L << 10;

  /// RESET_DEVICE.
  public static final long RESET_DEVICE = 1L << 13;

  /// SET_DEVICE_STATE_FD, CHECK_DEVICE_STATE.
  public static final long DEVICE_STATE = 1L << 19;

  /// Virtio shared memory regions: GET_SHMEM_CONFIG, SHMEM_MAP, SHMEM_UNMAP. Bit 22 in QEMU 11.1;
  /// drafts had others.
  public static final long SHMEM = 1L << 22;

  /// The virtio feature bit that says there are protocol features at all.
  public static final long VIRTIO_F_PROTOCOL_FEATURES = 1L << 30;

  /// The virtio feature bit by which a front-end has writes to guest memory logged
  /// (VHOST_F_LOG_ALL); drivers do not know it.
  public static final long VHOST_F_LOG_ALL = 1L << 26;

  private ProtocolFeature() {}
}
