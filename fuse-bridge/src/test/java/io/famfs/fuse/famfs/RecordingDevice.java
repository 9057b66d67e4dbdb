package io.famfs.fuse.famfs;

import io.famfs.core.DaxDevice;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A device that keeps what it was asked to write back and to drop.
final class RecordingDevice implements DaxDevice {
  private final DaxDevice device;
  private final boolean coherent;
  private final List<String> calls = new ArrayList<>();

  RecordingDevice(DaxDevice device, boolean coherent) {
    this.device = device;
    this.coherent = coherent;
  }

  /// What was asked since the last time, as `write back OFFSET+LENGTH` or `drop OFFSET+LENGTH`.
  List<String> calls() {
    List<String> taken = List.copyOf(calls);
    calls.clear();
    return taken;
  }

  static String writeBackOf(long offset, long lengthBytes) {
    return "write back " + offset + "+" + lengthBytes;
  }

  static String dropOf(long offset, long lengthBytes) {
    return "drop " + offset + "+" + lengthBytes;
  }

  @Override
  public void writeBack(long offset, long lengthBytes) {
    calls.add(writeBackOf(offset, lengthBytes));
    device.writeBack(offset, lengthBytes);
  }

  @Override
  public void invalidate(long offset, long lengthBytes) {
    calls.add(dropOf(offset, lengthBytes));
    device.invalidate(offset, lengthBytes);
  }

  @Override
  public boolean coherent() {
    return coherent;
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public MemorySegment memory() {
    return device.memory();
  }

  @Override
  public long sizeBytes() {
    return device.sizeBytes();
  }

  @Override
  public boolean writable() {
    return device.writable();
  }

  @Override
  public int alignmentBytes() {
    return device.alignmentBytes();
  }

  @Override
  public void zero(long offset, long lengthBytes) {
    device.zero(offset, lengthBytes);
  }

  @Override
  public void close() {
    device.close();
  }
}
