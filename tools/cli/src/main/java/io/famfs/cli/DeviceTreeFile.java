package io.famfs.cli;

import io.famfs.core.DaxDevice;
import io.famfs.store.FileCreation;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.extent.ExtentMap;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A file of an unmounted volume: its bytes are device memory, nothing is copied on the way.
final class DeviceTreeFile implements TreeFile {
  private final Volume volume;
  private final ExtentMap extents;
  private final long sizeBytes;
  private final @Nullable FileCreation creation;

  /// @param creation the file in the making, null for one that is in the log
  DeviceTreeFile(
      Volume volume, ExtentMap extents, long sizeBytes, @Nullable FileCreation creation) {
    this.volume = volume;
    this.extents = extents;
    this.sizeBytes = sizeBytes;
    this.creation = creation;
  }

  /// Does something with a contiguous run of device memory.
  @FunctionalInterface
  private interface Run {
    void at(DaxDevice device, long deviceOffset, long lengthBytes, long fileOffset)
        throws IOException;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void fill(long offset, long lengthBytes, Piece piece) throws IOException {
    runs(
        offset,
        lengthBytes,
        (device, deviceOffset, length, fileOffset) -> {
          steps(device.memory().asSlice(deviceOffset, length), fileOffset, piece);
          device.writeBack(deviceOffset, length);
        });
  }

  @Override
  public void read(long offset, long lengthBytes, Piece piece) throws IOException {
    runs(
        offset,
        lengthBytes,
        (device, deviceOffset, length, fileOffset) -> {
          if (!device.coherent()) {
            device.invalidate(deviceOffset, length);
          }
          steps(device.memory().asSlice(deviceOffset, length).asReadOnly(), fileOffset, piece);
        });
  }

  @Override
  public void invalidate() throws IOException {
    runs(
        0, sizeBytes, (device, deviceOffset, length, _) -> device.invalidate(deviceOffset, length));
  }

  @Override
  public void commit() throws IOException {
    if (creation != null) {
      creation.commit();
    }
  }

  @Override
  public void close() {
    if (creation != null) {
      creation.close();
    }
  }

  private void runs(long offset, long lengthBytes, Run run) throws IOException {
    ExtentCursor cursor = new ExtentCursor();
    long at = offset;
    long end = offset + lengthBytes;
    while (at < end && extents.resolve(at, end - at, cursor)) {
      DaxDevice device = volume.device(cursor.deviceIndex());
      run.at(device, cursor.deviceOffset(), cursor.runBytes(), at);
      at += cursor.runBytes();
    }
  }

  private static void steps(MemorySegment memory, long fileOffset, Piece piece) throws IOException {
    long at = 0;
    while (at < memory.byteSize()) {
      long length = Math.min(STEP_BYTES, memory.byteSize() - at);
      piece.at(memory.asSlice(at, length), fileOffset + at);
      at += length;
    }
  }
}
