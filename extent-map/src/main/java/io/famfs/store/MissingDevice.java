package io.famfs.store;

import io.famfs.core.DaxDevice;
import java.lang.foreign.MemorySegment;
import java.util.UUID;

/// Stands for a device that the log names and this host does not have. It has no memory: whoever
/// wants to use a file on it asks [Volume#isReachable] first.
final class MissingDevice implements DaxDevice {
  private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);
  private static final int PAGE_BYTES = 4096;

  private final UUID uuid;
  private final long sizeBytes;

  MissingDevice(UUID uuid, long sizeBytes) {
    this.uuid = uuid;
    this.sizeBytes = sizeBytes;
  }

  @Override
  public String name() {
    return "missing device " + uuid;
  }

  @Override
  public MemorySegment memory() {
    return NOTHING;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public boolean writable() {
    return false;
  }

  @Override
  public int alignmentBytes() {
    return PAGE_BYTES;
  }

  @Override
  public void writeBack(long offset, long lengthBytes) {
    throw nothing();
  }

  @Override
  public void invalidate(long offset, long lengthBytes) {
    throw nothing();
  }

  @Override
  public void zero(long offset, long lengthBytes) {
    throw nothing();
  }

  private IllegalStateException nothing() {
    return new IllegalStateException(name() + " has no memory here");
  }

  @Override
  public void close() {}
}
