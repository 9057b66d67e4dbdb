package io.famfs.os;

/// What `sendmsg(2)` and `recvmsg(2)` are given, on 64-bit Linux with glibc or musl, x86-64 and
/// arm64 alike. Lengths that C libraries declare shorter than the kernel have padding behind them,
/// which stays zero.
///
/// ```
/// struct msghdr                      struct cmsghdr and what follows
///   0  8 msg_name (null)               0  8 cmsg_len, header and data
///   8  4 msg_namelen                   8  4 cmsg_level  SOL_SOCKET
///  16  8 msg_iov                      12  4 cmsg_type   SCM_RIGHTS
///  24  8 msg_iovlen                   16  4 descriptor, 4 bytes each
///  32  8 msg_control
///  40  8 msg_controllen
///  48  4 msg_flags
/// ```
final class MessageLayout {
  static final int VECTOR = 16;
  static final int VECTOR_COUNT = 24;
  static final int CONTROL = 32;
  static final int CONTROL_BYTES = 40;
  static final int FLAGS = 48;
  static final int MESSAGE_BYTES = 56;

  static final int CONTROL_LENGTH = 0;
  static final int CONTROL_LEVEL = 8;
  static final int CONTROL_TYPE = 12;
  static final int CONTROL_FDS = 16;
  static final int SOL_SOCKET = 1;
  static final int SCM_RIGHTS = 1;

  /// The kernel's limit on descriptors of one message (`SCM_MAX_FD`).
  static final int MAX_FDS = 253;

  static final int MSG_PEEK = 2;
  static final int MSG_CTRUNC = 8;
  static final int MSG_NOSIGNAL = 0x4000;
  static final int MSG_CMSG_CLOEXEC = 0x40000000;

  private MessageLayout() {}

  /// Room for one control message of `fds` descriptors (`CMSG_SPACE`).
  static int controlSpace(int fds) {
    return (CONTROL_FDS + fds * Integer.BYTES + Long.BYTES - 1) & -Long.BYTES;
  }
}
