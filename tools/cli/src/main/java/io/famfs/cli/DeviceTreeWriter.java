package io.famfs.cli;

import io.famfs.core.DaxDevice;
import io.famfs.store.FileCreation;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// Writes into an unmounted volume. A file appears complete or not at all.
final class DeviceTreeWriter implements TreeWriter {
  private static final long STEP_BYTES = 1L << 20;

  private final OpenVolume opened;

  DeviceTreeWriter(OpenVolume opened) {
    this.opened = opened;
  }

  OpenVolume opened() {
    return opened;
  }

  @Override
  public @Nullable Present find(String path) {
    if (path.isEmpty()) {
      return new Present(true, 0);
    }
    Inode inode = opened.volume().namespace().find(path);
    if (inode == null) {
      return null;
    }
    return inode instanceof FileInode file
        ? new Present(false, file.sizeBytes())
        : new Present(true, 0);
  }

  @Override
  public void mkdir(String path, Ownership ownership) throws IOException {
    opened.volume().mkdir(path, ownership.mode(), ownership.uid(), ownership.gid());
  }

  @Override
  public void create(
      String path,
      long sizeBytes,
      Ownership ownership,
      @Nullable FileChannel source,
      Listener listener)
      throws IOException {
    try (FileCreation creation =
        opened
            .volume()
            .create(path, sizeBytes, ownership.mode(), ownership.uid(), ownership.gid())) {
      if (source != null) {
        fill(creation.extents(), sizeBytes, source, listener);
      }
      creation.commit();
    }
  }

  @Override
  public void overwrite(String path, long sizeBytes, FileChannel source, Listener listener)
      throws IOException {
    if (opened.volume().namespace().find(path) instanceof FileInode file) {
      fill(file.extents(), sizeBytes, source, listener);
    }
  }

  /// Reads the source straight into device memory and writes all of it back.
  private void fill(ExtentMap extents, long sizeBytes, FileChannel source, Listener listener)
      throws IOException {
    ExtentCursor cursor = new ExtentCursor();
    long at = 0;
    while (at < sizeBytes && extents.resolve(at, sizeBytes - at, cursor)) {
      long run = Math.min(cursor.runBytes(), STEP_BYTES);
      DaxDevice device = opened.volume().device(cursor.deviceIndex());
      MemorySegment memory = device.memory().asSlice(cursor.deviceOffset(), run);
      read(source, at, memory.asByteBuffer());
      device.writeBack(cursor.deviceOffset(), run);
      at += run;
      listener.wrote(run);
    }
  }

  private static void read(FileChannel source, long from, ByteBuffer into) throws IOException {
    long at = from;
    while (into.hasRemaining()) {
      int n = source.read(into, at);
      if (n < 0) {
        throw new EOFException("the source became shorter while it was copied");
      }
      at += n;
    }
  }

  @Override
  public void close() {
    opened.close();
  }
}
