package io.famfs.vhostuser;

import io.famfs.os.FileIdentity;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The device behind a connection. Called by the control thread only.
public interface VhostUserDevice {

  /// Virtio features offered, without the one that announces protocol features.
  long features();

  /// Protocol features offered.
  long protocolFeatures();

  /// Number of queues.
  int queueCount();

  /// The largest size of a queue.
  int maxQueueSize();

  /// Copies a part of the configuration space; what lies beyond its end is zero.
  void readConfig(int offset, MemorySegment dst, long dstOffset, int lengthBytes);

  /// Size of the shared memory region with this id, 0 when there is none.
  long sharedMemoryBytes(int id);

  /// The channel for back-end messages, or null when the connection ends. It belongs to the caller.
  void channel(@Nullable BackEndChannel channel, long protocolFeatures);

  /// Whether regions of this file are the device's own memory, put into the guest by the device
  /// itself, and no guest memory.
  boolean isOwnMemory(FileIdentity file);

  /// Tells where a region of the device's own memory lies in the guest.
  void ownMemoryAt(FileIdentity file, long fileOffset, long guestAddress);

  /// Starts a worker for a ring that has a place.
  ///
  /// @param features the negotiated virtio features
  RingWorker start(Vring ring, long features);

  /// The first ring is about to start after all were stopped.
  ///
  /// @param resumed whether the rings go on where they stopped; otherwise the guest has reset the
  ///   device and whatever was set up before is gone
  void starting(boolean resumed);

  /// The front-end has reset the device; no ring runs.
  void reset();

  /// What a device elsewhere needs to go on with the guest. No ring runs.
  ///
  /// @throws IOException with the reason why that cannot be
  default byte[] saveState() throws IOException {
    throw new IOException("the device has no state to give");
  }

  /// The front-end has all of what [#saveState()] gave: a device elsewhere may go on with it, until
  /// a ring runs here again.
  ///
  /// @throws IOException with the reason why that cannot be
  default void stateSaved() throws IOException {}

  /// Goes on with what [#saveState()] gave elsewhere. No ring has run.
  ///
  /// @throws IOException with the reason why that cannot be; nothing has changed then
  default void loadState(byte[] state) throws IOException {
    throw new IOException("the device takes no state");
  }
}
