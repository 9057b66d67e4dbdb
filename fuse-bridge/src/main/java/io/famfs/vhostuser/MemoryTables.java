package io.famfs.vhostuser;

import io.famfs.core.Errno;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.FileIdentity;
import io.famfs.os.MemoryMap;
import io.famfs.os.ReceivedFds;
import io.famfs.virtio.DirtyLog;
import io.famfs.virtio.GuestMemory;
import io.famfs.virtio.GuestMemorySlot;
import io.famfs.virtio.GuestRegion;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Turns SET_MEM_TABLE into the table in force.
///
/// A front-end sends the table anew for every window mapping of every device of the machine, so a
/// region that was there before is taken over instead of mapped again.
final class MemoryTables {
  private static final long PAGE_BYTES = 4096;
  private static final long LET_GO_NANOS = 10_000_000_000L;

  private final GuestMemorySlot slot;
  private final VhostUserDevice device;
  private final KeptDescriptors kept;
  private @Nullable DirtyLog log;
  private boolean logsData;

  MemoryTables(GuestMemorySlot slot, VhostUserDevice device, KeptDescriptors kept) {
    this.slot = slot;
    this.device = device;
    this.kept = kept;
  }

  /// Puts the same table in force with another log, and waits until nobody writes without it.
  ///
  /// @param next null for none
  /// @param data whether writes into buffers are logged, see [GuestMemory#of]
  /// @param wake lets go of the old table whoever holds it without working
  /// @throws ProtocolViolation when the log is too short for the memory there is
  /// @throws ErrnoException when a worker does not let go in time
  void log(@Nullable DirtyLog next, boolean data, Runnable wake)
      throws ProtocolViolation, ErrnoException {
    GuestMemory old = slot.current();
    log = next;
    logsData = data;
    slot.replace(table(old.regions()));
    wake.run();
    // A page that was written without the log may have been copied before: its bytes would be lost.
    if (!old.awaitReleased(LET_GO_NANOS)) {
      throw new ErrnoException("log what is written", Errno.EBUSY, "a request does not end");
    }
  }

  @Nullable DirtyLog log() {
    return log;
  }

  /// Puts the table in force that another process had.
  ///
  /// @throws ErrnoException when a region cannot be mapped
  void restore(List<ConnectionImage.Region> images, KeptDescriptors.Heritage heritage)
      throws ProtocolViolation, ErrnoException {
    List<GuestRegion> regions = new ArrayList<>(images.size());
    List<MemoryMap> fresh = new ArrayList<>(images.size());
    boolean inForce = false;
    try {
      for (ConnectionImage.Region image : images) {
        try (Fd fd = heritage.region(image.fd())) {
          GuestRegion.Identity identity =
              new GuestRegion.Identity(
                  fd.identity(),
                  image.fileOffset(),
                  image.guestAddress(),
                  image.userAddress(),
                  image.sizeBytes());
          heritage.region(identity, image.fd());
          regions.add(map(identity, fd, fresh));
        }
      }
      slot.replace(table(regions));
      inForce = true;
    } finally {
      if (!inForce) {
        fresh.forEach(MemoryMap::close);
      }
    }
  }

  /// Checks the table and puts it in force.
  ///
  /// @throws ProtocolViolation when it breaks a rule
  /// @throws ErrnoException when a region cannot be mapped; the old table stays
  void replace(MemorySegment payload, int payloadBytes, ReceivedFds fds)
      throws ProtocolViolation, ErrnoException {
    int count = payload.get(MessageLayout.U32, MessageLayout.TABLE_COUNT);
    if (count < 0
        || count > MessageLayout.TABLE_MAX_REGIONS
        || payloadBytes != MessageLayout.TABLE_REGIONS + count * MessageLayout.REGION_BYTES) {
      throw new ProtocolViolation(
          "SET_MEM_TABLE: " + count + " regions in " + payloadBytes + " bytes");
    }
    if (fds.count() != count) {
      throw new ProtocolViolation(
          "SET_MEM_TABLE: " + count + " regions with " + fds.count() + " descriptors");
    }
    Map<GuestRegion.Identity, GuestRegion> known = new HashMap<>();
    for (GuestRegion region : slot.current().regions()) {
      known.put(region.identity(), region);
    }
    List<GuestRegion> regions = new ArrayList<>(count);
    List<MemoryMap> fresh = new ArrayList<>(count);
    boolean inForce = false;
    try {
      for (int i = 0; i < count; i++) {
        try (Fd fd = fds.take(i)) {
          long at = MessageLayout.TABLE_REGIONS + (long) i * MessageLayout.REGION_BYTES;
          add(payload, at, fd, known, regions, fresh);
        }
      }
      slot.replace(table(regions));
      inForce = true;
    } finally {
      if (!inForce) {
        fresh.forEach(MemoryMap::close);
      }
    }
  }

  private GuestMemory table(List<GuestRegion> regions) throws ProtocolViolation {
    GuestMemory table;
    try {
      table = GuestMemory.of(regions, log, logsData);
    } catch (IllegalArgumentException e) {
      throw new ProtocolViolation("SET_MEM_TABLE: regions " + e.getMessage());
    }
    if (log != null && !log.covers(table.end())) {
      table.release();
      throw new ProtocolViolation(
          "the log of dirty pages ends before the memory, at 0x" + Long.toHexString(table.end()));
    }
    return table;
  }

  private void add(
      MemorySegment payload,
      long at,
      Fd fd,
      Map<GuestRegion.Identity, GuestRegion> known,
      List<GuestRegion> regions,
      List<MemoryMap> fresh)
      throws ProtocolViolation, ErrnoException {
    GuestRegion.Identity identity =
        new GuestRegion.Identity(
            fd.identity(),
            payload.get(MessageLayout.U64, at + MessageLayout.REGION_MMAP_OFFSET),
            payload.get(MessageLayout.U64, at + MessageLayout.REGION_GUEST),
            payload.get(MessageLayout.U64, at + MessageLayout.REGION_USER),
            payload.get(MessageLayout.U64, at + MessageLayout.REGION_SIZE));
    if (!identity.isAddressable()) {
      throw new ProtocolViolation("SET_MEM_TABLE: not a region: " + identity);
    }
    if (device.isOwnMemory(identity.file())) {
      device.ownMemoryAt(identity.file(), identity.fileOffset(), identity.guestAddress());
      return;
    }
    GuestRegion same = known.get(identity);
    if (same != null) {
      regions.add(same);
      return;
    }
    long end = identity.fileOffset() + identity.sizeBytes();
    if (identity.file().type() == FileIdentity.Type.REGULAR && end > fd.sizeBytes()) {
      throw new ProtocolViolation("SET_MEM_TABLE: beyond the end of the file: " + identity);
    }
    kept.region(identity, fd);
    regions.add(map(identity, fd, fresh));
  }

  private static GuestRegion map(GuestRegion.Identity identity, Fd fd, List<MemoryMap> fresh)
      throws ErrnoException {
    long lead = identity.fileOffset() % PAGE_BYTES;
    MemoryMap map =
        MemoryMap.map(
            fd,
            identity.fileOffset() - lead,
            identity.sizeBytes() + lead,
            MemoryMap.Access.READ_WRITE);
    fresh.add(map);
    MemorySegment memory = map.segment().asSlice(lead, identity.sizeBytes());
    return new GuestRegion(identity, memory, map::close);
  }
}
