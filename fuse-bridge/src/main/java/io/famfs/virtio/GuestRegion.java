package io.famfs.virtio;

import io.famfs.os.FileIdentity;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/// A range of guest memory backed by a part of a file that the front-end shares.
///
/// A region may be in several tables at once, the one in force and those that workers still use; it
/// is released when the last of them is.
public final class GuestRegion {

  /// What makes two announcements of a region the same region.
  ///
  /// @param file the file behind it
  /// @param fileOffset where in the file the region begins
  /// @param guestAddress where the guest has it
  /// @param userAddress where the front-end has it in its own address space
  /// @param sizeBytes how long it is
  public record Identity(
      FileIdentity file, long fileOffset, long guestAddress, long userAddress, long sizeBytes) {

    /// Whether both ranges lie inside `0..2^63`, so that their ends can be computed.
    public boolean isAddressable() {
      return sizeBytes > 0
          && guestAddress >= 0
          && userAddress >= 0
          && fileOffset >= 0
          && guestAddress <= Long.MAX_VALUE - sizeBytes
          && userAddress <= Long.MAX_VALUE - sizeBytes
          && fileOffset <= Long.MAX_VALUE - sizeBytes;
    }

    boolean overlapsInGuest(Identity other) {
      return guestAddress < other.guestAddress + other.sizeBytes
          && other.guestAddress < guestAddress + sizeBytes;
    }
  }

  private final Identity identity;
  private final MemorySegment memory;
  private final Runnable release;
  private final AtomicInteger tables = new AtomicInteger();

  /// @param memory exactly the region's bytes
  /// @param release gives the mapping back; called once, by whichever thread lets go last
  public GuestRegion(Identity identity, MemorySegment memory, Runnable release) {
    if (!identity.isAddressable() || memory.byteSize() != identity.sizeBytes()) {
      throw new IllegalArgumentException("not a region: " + identity);
    }
    this.identity = identity;
    this.memory = memory;
    this.release = release;
  }

  public Identity identity() {
    return identity;
  }

  MemorySegment memory() {
    return memory;
  }

  void addTable() {
    tables.incrementAndGet();
  }

  void removeTable() {
    if (tables.decrementAndGet() == 0) {
      release.run();
    }
  }
}
