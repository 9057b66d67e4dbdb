package io.famfs.store;

import io.famfs.core.DaxDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/// A device over memory of this process or a sparse file.
public class TestDevice implements DaxDevice {
  private static final int ALIGNMENT_BYTES = 4096;

  private final MemorySegment memory;
  private final boolean writable;
  private final String name;

  TestDevice(MemorySegment memory, boolean writable) {
    this(memory, writable, "/dev/dax0.0");
  }

  /// @param memory what it consists of, aligned to 8 bytes
  protected TestDevice(MemorySegment memory, boolean writable, String name) {
    this.memory = memory;
    this.writable = writable;
    this.name = name;
  }

  static TestDevice ofMegabytes(int megabytes) {
    return new TestDevice(Arena.ofAuto().allocate((long) megabytes << 20, ALIGNMENT_BYTES), true);
  }

  static TestDevice sparse(Path file, long sizeBytes) {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      return new TestDevice(
          channel.map(FileChannel.MapMode.READ_WRITE, 0, sizeBytes, Arena.ofAuto()), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TestDevice existing(Path file) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new TestDevice(
          channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), Arena.ofAuto()), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  TestDevice readOnly() {
    return new TestDevice(memory.asReadOnly(), false);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public MemorySegment memory() {
    return memory;
  }

  @Override
  public long sizeBytes() {
    return memory.byteSize();
  }

  @Override
  public boolean writable() {
    return writable;
  }

  @Override
  public int alignmentBytes() {
    return ALIGNMENT_BYTES;
  }

  @Override
  public void writeBack(long offset, long lengthBytes) {
    checkRange(offset, lengthBytes);
  }

  @Override
  public void invalidate(long offset, long lengthBytes) {
    checkRange(offset, lengthBytes);
  }

  @Override
  public void zero(long offset, long lengthBytes) {
    memory.asSlice(offset, lengthBytes).fill((byte) 0);
  }

  private void checkRange(long offset, long lengthBytes) {
    Objects.checkFromIndexSize(offset, lengthBytes, sizeBytes());
  }

  @Override
  public void close() {}
}
