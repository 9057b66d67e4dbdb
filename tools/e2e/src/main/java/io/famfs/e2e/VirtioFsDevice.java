package io.famfs.e2e;

import java.nio.file.Path;

/// One virtio-fs device of a guest: the vhost-user socket of a back-end that listens already.
///
/// @param socket the socket QEMU connects to as front-end when it starts
/// @param tag what the guest mounts; at most 36 bytes. With a window the back-end itself must
///   answer it by GET_CONFIG, and this value is not used by QEMU
/// @param requestQueues the number of request queues, at least 1; the high priority queue comes on
///   top
/// @param queueSize entries per queue: a power of two, at most 1024 (QEMU 11.1 aborts above)
/// @param window `false`: QEMU's vhost-user-fs-pci. `true`: QEMU's generic vhost-user device with
///   virtio id 26, whose back-end may offer the DAX window as shared memory region 0
/// @param packed whether the guest may use packed rings where the back-end offers them, which
///   counts without a window only
public record VirtioFsDevice(
    Path socket, String tag, int requestQueues, int queueSize, boolean window, boolean packed) {

  /// Checks the limits.
  public VirtioFsDevice {
    if (requestQueues < 1 || requestQueues > 63) {
      throw new IllegalArgumentException("request queues: 1 to 63, not " + requestQueues);
    }
    if (queueSize < 2 || queueSize > 1024 || Integer.bitCount(queueSize) != 1) {
      throw new IllegalArgumentException("queue size: a power of two up to 1024, not " + queueSize);
    }
  }

  /// A device without window: the guest reads and writes by requests; one queue of 128 entries.
  public static VirtioFsDevice plain(Path socket, String tag) {
    return new VirtioFsDevice(socket, tag, 1, 128, false, false);
  }

  /// A device with a DAX window: the guest maps; one queue of 128 entries.
  public static VirtioFsDevice withWindow(Path socket, String tag) {
    return new VirtioFsDevice(socket, tag, 1, 128, true, false);
  }

  /// The same device with another number of request queues.
  public VirtioFsDevice requestQueues(int count) {
    return new VirtioFsDevice(socket, tag, count, queueSize, window, packed);
  }

  /// The same device with queues of another size.
  public VirtioFsDevice queueSize(int entries) {
    return new VirtioFsDevice(socket, tag, requestQueues, entries, window, packed);
  }

  /// The same device with packed rings.
  public VirtioFsDevice packedRings() {
    return new VirtioFsDevice(socket, tag, requestQueues, queueSize, window, true);
  }
}
