package io.famfs.store.crash;

import io.famfs.store.TestDevice;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/// A device whose stores can be taken back, so that thousands of states of one medium can be looked
/// at without copying it.
public final class UndoDevice extends TestDevice {
  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[1 << 20]);

  private final MemorySegment memory;
  private long[] journal = new long[1024];
  private int journalLength;

  /// A device.
  ///
  /// @param index its index among the devices of a volume, for its name
  /// @param memory what it consists of, aligned to 8 bytes, a multiple of 8 bytes
  public UndoDevice(int index, MemorySegment memory) {
    super(memory, true, "/dev/dax" + index + ".0");
    this.memory = memory;
  }

  /// Number of words stored since the last [#undo()].
  public int storedWords() {
    return journalLength / 2;
  }

  /// Takes back every store since the last call.
  public void undo() {
    while (journalLength > 0) {
      journalLength -= 2;
      memory.set(RecordingDevice.WORD, journal[journalLength], journal[journalLength + 1]);
    }
  }

  /// Lets every store stay.
  public void keep() {
    journalLength = 0;
  }

  private void remember(long offset) {
    if (journalLength == journal.length) {
      journal = Arrays.copyOf(journal, journal.length * 2);
    }
    journal[journalLength] = offset;
    journal[journalLength + 1] = memory.get(RecordingDevice.WORD, offset);
    journalLength += 2;
  }

  @Override
  public void store(MemorySegment source, long offset) {
    Objects.checkFromIndexSize(offset, source.byteSize(), sizeBytes());
    long end = offset + source.byteSize();
    for (long at = offset & -Long.BYTES; at < end; at += Long.BYTES) {
      remember(at);
    }
    super.store(source, offset);
  }

  @Override
  public void storeLong(long offset, long value) {
    remember(offset);
    super.storeLong(offset, value);
  }

  @Override
  public void zero(long offset, long lengthBytes) {
    Objects.checkFromIndexSize(offset, lengthBytes, sizeBytes());
    long at = offset;
    long end = offset + lengthBytes;
    while (at < end) {
      long length = Math.min(ZEROS.byteSize(), end - at);
      long mismatch = MemorySegment.mismatch(memory, at, at + length, ZEROS, 0, length);
      if (mismatch < 0) {
        at += length;
      } else {
        at = (at + mismatch) & -Long.BYTES;
        remember(at);
        long first = Math.max(at, offset);
        at += Long.BYTES;
        memory.asSlice(first, Math.min(at, end) - first).fill((byte) 0);
      }
    }
  }
}
