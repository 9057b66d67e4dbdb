package io.famfs.store.repair;

import io.famfs.core.DaxDevice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;

/// An undo file that is whole, and what it can put back.
public final class UndoFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final List<SavedRange> records = new ArrayList<>();
  private long position;
  private int deviceCount;
  private UUID fsUuid = new UUID(0, 0);

  /// One range.
  ///
  /// @param oldAt where its old bytes start in the file, -1 when they are zeros
  /// @param states digests that it may have now
  private record SavedRange(
      int device, long offset, int lengthBytes, long oldAt, List<Long> states) {}

  private UndoFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /// Opens and checks a file.
  ///
  /// @throws IOException when it is no undo file, or not whole
  public static UndoFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    UndoFile file = new UndoFile(path, channel);
    boolean done = false;
    try {
      file.readAll();
      done = true;
    } finally {
      if (!done) {
        channel.close();
      }
    }
    return file;
  }

  /// The file system it belongs to.
  public UUID fsUuid() {
    return fsUuid;
  }

  /// Number of devices that it speaks of.
  public int deviceCount() {
    return deviceCount;
  }

  /// Puts every old byte back, the last range first, and writes it back.
  ///
  /// @param devices the devices of the volume, writable, in any order
  /// @param force whether to do it even when the devices are not those, or have changed since: then
  ///   they are taken in the order given
  /// @throws IOException when it does not belong to the devices or their bytes have changed, and
  ///   nothing has been written; or when a device cannot be written
  public void apply(List<? extends DaxDevice> devices, boolean force) throws IOException {
    try {
      List<DaxDevice> ordered = new ArrayList<>();
      for (int i = 0; i < deviceCount; i++) {
        ordered.add(device(i, devices, force));
      }
      for (SavedRange record : records) {
        DaxDevice device = ordered.get(record.device);
        if (record.offset > device.sizeBytes() - record.lengthBytes) {
          throw new IOException(device.name() + " is smaller than it was");
        }
        if (!force && !matches(record, device)) {
          throw new IOException(
              "bytes "
                  + record.offset
                  + " to "
                  + (record.offset + record.lengthBytes - 1)
                  + " of "
                  + device.name()
                  + " have changed since "
                  + path
                  + " was written; nothing is undone");
        }
      }
      for (SavedRange record : records.reversed()) {
        DaxDevice device = ordered.get(record.device);
        device.store(MemorySegment.ofArray(old(record)), record.offset);
        device.writeBack(record.offset, record.lengthBytes);
      }
    } catch (InternalError e) {
      throw new IOException("the memory of a device cannot be read or written", e);
    }
  }

  /// The device that a number stands for: the one whose superblock is as it was, or as the repair
  /// has left it.
  private DaxDevice device(int index, List<? extends DaxDevice> devices, boolean force)
      throws IOException {
    SavedRange superblock = records.get(index);
    for (DaxDevice device : devices) {
      if (device.sizeBytes() >= superblock.lengthBytes && matches(superblock, device)) {
        return device;
      }
    }
    if (force && index < devices.size()) {
      return devices.get(index);
    }
    throw new IOException(
        path
            + " belongs to the file system "
            + fsUuid
            + ", whose device "
            + index
            + " is not among those named, or has been written to since");
  }

  private static boolean matches(SavedRange record, DaxDevice device) {
    byte[] now = Bytes.copy(device, record.offset, record.lengthBytes);
    return record.states.contains(UndoWriter.digest(now));
  }

  private byte[] old(SavedRange record) throws IOException {
    if (record.oldAt < 0) {
      return new byte[record.lengthBytes];
    }
    byte[] bytes = new byte[record.lengthBytes];
    read(record.oldAt, record.lengthBytes).get(bytes);
    return bytes;
  }

  private void readAll() throws IOException {
    ByteBuffer fixed = read(0, UndoLayout.FIXED_HEADER_BYTES);
    if (fixed.getLong() != UndoLayout.MAGIC) {
      throw new IOException(path + " is no undo file of famfs fsck");
    }
    int version = fixed.getInt();
    if (version != UndoLayout.VERSION) {
      throw new IOException(path + " is an undo file of version " + version + ", not 1");
    }
    deviceCount = fixed.getInt();
    require(deviceCount >= 1 && deviceCount <= UndoLayout.MAX_DEVICES);
    fixed.order(ByteOrder.BIG_ENDIAN);
    fsUuid = new UUID(fixed.getLong(), fixed.getLong());
    fixed.order(ByteOrder.LITTLE_ENDIAN).getLong();
    long count = fixed.getLong();
    int headerBytes = UndoLayout.FIXED_HEADER_BYTES + deviceCount * Long.BYTES;
    requireSealed(read(0, headerBytes + Integer.BYTES));
    position = headerBytes + (long) Integer.BYTES;
    require(count >= deviceCount && count <= channel.size() / UndoLayout.FIXED_RECORD_BYTES);
    for (long i = 0; i < count; i++) {
      SavedRange record = readRecord();
      require(i >= deviceCount || (record.device == i && record.offset == 0));
      records.add(record);
    }
    require(read(position, Long.BYTES).getLong() == UndoLayout.END);
  }

  private SavedRange readRecord() throws IOException {
    ByteBuffer fixed = read(position, UndoLayout.FIXED_RECORD_BYTES);
    int device = fixed.getInt();
    int length = fixed.getInt();
    long offset = fixed.getLong();
    int kind = fixed.getInt();
    int stateCount = fixed.getInt();
    long oldDigest = fixed.getLong();
    require(device >= 0 && device < deviceCount && length > 0 && length <= UndoLayout.MAX_LENGTH);
    require(offset >= 0 && (kind == UndoLayout.KIND_BYTES || kind == UndoLayout.KIND_ZEROS));
    require(stateCount >= 0 && stateCount <= UndoLayout.MAX_STATES);
    long oldAt = position + UndoLayout.FIXED_RECORD_BYTES + (long) stateCount * Long.BYTES;
    int oldBytes = kind == UndoLayout.KIND_BYTES ? length : 0;
    ByteBuffer whole = read(position, (int) (oldAt - position) + oldBytes + Integer.BYTES);
    requireSealed(whole);
    List<Long> states = new ArrayList<>();
    states.add(oldDigest);
    for (int i = 0; i < stateCount; i++) {
      states.add(whole.getLong(UndoLayout.FIXED_RECORD_BYTES + i * Long.BYTES));
    }
    position += whole.capacity();
    return new SavedRange(
        device, offset, length, kind == UndoLayout.KIND_BYTES ? oldAt : -1, List.copyOf(states));
  }

  private void requireSealed(ByteBuffer buffer) throws IOException {
    int covered = buffer.capacity() - Integer.BYTES;
    CRC32 crc = new CRC32();
    crc.update(buffer.duplicate().limit(covered));
    require((int) crc.getValue() == buffer.getInt(covered));
  }

  private void require(boolean whole) throws IOException {
    if (!whole) {
      throw new IOException(path + " is damaged at byte " + position + "; nothing is undone");
    }
  }

  private ByteBuffer read(long at, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new IOException(path + " ends at byte " + (at + buffer.position()) + ": it is cut");
      }
    }
    return buffer.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
