package io.famfs.store;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.core.format.SuperblockRules;
import io.famfs.store.log.SuperblockBytes;
import java.lang.foreign.MemorySegment;

/// Whether the superblock on the media is still that of an open volume. A look that finds nothing
/// new allocates nothing. Not thread-safe.
final class VolumeIdentity {
  private final DaxDevice device;
  private final Superblock known;
  private final MemorySegment copy = newCopy();
  private final MemorySegment lastSame = newCopy();

  /// What a look can find.
  enum Found {
    /// The superblock of the volume.
    SAME,
    /// The superblock of another volume.
    OTHER,
    /// No superblock that keeps the rules: one is being written, or it was destroyed.
    NONE
  }

  VolumeIdentity(DaxDevice device, Superblock known) {
    this.device = device;
    this.known = known;
  }

  Found look() {
    SuperblockBytes.copy(device, copy);
    if (copy.mismatch(lastSame) < 0) {
      return Found.SAME;
    }
    if (SuperblockRules.firstBroken(copy, device.sizeBytes()) != null) {
      return Found.NONE;
    }
    Superblock now = SuperblockCodec.decode(copy, 0);
    if (!now.fsUuid().equals(known.fsUuid()) || now.logLengthBytes() != known.logLengthBytes()) {
      return Found.OTHER;
    }
    lastSame.copyFrom(copy);
    return Found.SAME;
  }

  private static MemorySegment newCopy() {
    return MemorySegment.ofArray(new byte[SuperblockLayout.BYTES]);
  }
}
