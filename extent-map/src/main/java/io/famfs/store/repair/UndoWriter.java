package io.famfs.store.repair;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// Writes what a repair is going to overwrite into a file, before it does. The layout is that of
/// `UndoLayout`: per range the old bytes, and the digests of everything the repair stores there, so
/// that bytes which somebody else has changed since are noticed.
public final class UndoWriter {
  private static final UUID UNKNOWN = new UUID(0, 0);

  private final List<? extends DaxDevice> devices;
  private final Map<Place, Set<Long>> places = new LinkedHashMap<>();

  private record Place(int device, long offset, int lengthBytes) {}

  private UndoWriter(List<? extends DaxDevice> devices) {
    this.devices = devices;
  }

  /// Writes the file of a plan that has not been carried out; it is on the storage when the call
  /// returns.
  ///
  /// @param file a file that does not exist yet
  /// @param devices those that the plan was made for
  /// @throws IOException when the file exists or cannot be written; a half-written one is removed
  public static void write(Path file, RepairPlan plan, List<? extends DaxDevice> devices)
      throws IOException {
    UndoWriter writer = new UndoWriter(devices);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      boolean done = false;
      try {
        writer.collect(plan);
        writer.write(channel, plan.superblock());
        channel.force(true);
        done = true;
      } catch (InternalError e) {
        throw new IOException("the memory of a device cannot be read", e);
      } finally {
        if (!done) {
          Files.deleteIfExists(file);
        }
      }
    }
    syncFolder(file);
  }

  /// Makes the name of the file durable, where the system can.
  private static void syncFolder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private void collect(RepairPlan plan) throws IOException {
    for (int i = 0; i < devices.size(); i++) {
      places.put(new Place(i, 0, SuperblockLayout.BYTES), new LinkedHashSet<>());
    }
    new StepWriter(devices)
        .run(
            plan.steps(),
            (device, offset, bytes, _) ->
                places
                    .computeIfAbsent(
                        new Place(device, offset, bytes.length), _ -> new LinkedHashSet<>())
                    .add(digest(bytes)));
  }

  private void write(FileChannel channel, @Nullable Superblock superblock) throws IOException {
    ByteBuffer header =
        buffer(UndoLayout.FIXED_HEADER_BYTES + devices.size() * Long.BYTES + Integer.BYTES);
    header.putLong(UndoLayout.MAGIC).putInt(UndoLayout.VERSION).putInt(devices.size());
    UUID uuid = superblock == null ? UNKNOWN : superblock.fsUuid();
    header.order(ByteOrder.BIG_ENDIAN);
    header.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    header.order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(Instant.now().toEpochMilli()).putLong(places.size());
    devices.forEach(device -> header.putLong(device.sizeBytes()));
    seal(header);
    writeFully(channel, header);
    for (Map.Entry<Place, Set<Long>> place : places.entrySet()) {
      writeFully(channel, record(place.getKey(), place.getValue()));
    }
    writeFully(channel, buffer(Long.BYTES).putLong(UndoLayout.END));
  }

  private ByteBuffer record(Place place, Set<Long> states) {
    byte[] old = Bytes.copy(devices.get(place.device), place.offset, place.lengthBytes);
    boolean zeros = Bytes.allZero(old);
    ByteBuffer record =
        buffer(
            UndoLayout.FIXED_RECORD_BYTES
                + states.size() * Long.BYTES
                + (zeros ? 0 : old.length)
                + Integer.BYTES);
    record.putInt(place.device).putInt(place.lengthBytes).putLong(place.offset);
    record.putInt(zeros ? UndoLayout.KIND_ZEROS : UndoLayout.KIND_BYTES);
    record.putInt(states.size()).putLong(digest(old));
    states.forEach(record::putLong);
    if (!zeros) {
      record.put(old);
    }
    return seal(record);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Appends the checksum of everything before.
  private static ByteBuffer seal(ByteBuffer buffer) {
    CRC32 crc = new CRC32();
    crc.update(buffer.duplicate().flip());
    return buffer.putInt((int) crc.getValue());
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  static long digest(byte[] bytes) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
