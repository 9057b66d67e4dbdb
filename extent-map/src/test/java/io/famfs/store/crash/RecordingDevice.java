package io.famfs.store.crash;

import io.famfs.store.TestDevice;
import io.famfs.store.crash.StoreEvent.Stored;
import io.famfs.store.crash.StoreEvent.Word;
import io.famfs.store.crash.StoreEvent.WrittenBack;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A device that remembers every store and every write-back, in order.
public final class RecordingDevice extends TestDevice {
  static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[1 << 20]);

  private final int index;
  private final MemorySegment memory;
  private final List<StoreEvent> record;

  /// A device.
  ///
  /// @param index its index in the record
  /// @param memory what it consists of, aligned to 8 bytes
  /// @param record receives what is done; shared by the devices of a volume
  public RecordingDevice(int index, MemorySegment memory, List<StoreEvent> record) {
    super(memory, true, "/dev/dax" + index + ".0");
    this.index = index;
    this.memory = memory;
    this.record = record;
  }

  @Override
  public void store(MemorySegment source, long offset) {
    Objects.checkFromIndexSize(offset, source.byteSize(), sizeBytes());
    long first = offset & -Long.BYTES;
    long end = (offset + source.byteSize() + Long.BYTES - 1) & -Long.BYTES;
    MemorySegment before = MemorySegment.ofArray(memory.asSlice(first, end - first).toArray(WORD));
    super.store(source, offset);
    List<Word> words = new ArrayList<>();
    for (long at = first; at < end; at += Long.BYTES) {
      if (before.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at - first)
          != memory.get(WORD, at)) {
        words.add(new Word(at, memory.get(WORD, at)));
      }
    }
    record.add(new Stored(index, offset, source.byteSize(), words));
  }

  @Override
  public void storeLong(long offset, long value) {
    boolean changes = memory.get(WORD, offset) != value;
    super.storeLong(offset, value);
    record.add(
        new Stored(
            index, offset, Long.BYTES, changes ? List.of(new Word(offset, value)) : List.of()));
  }

  @Override
  public void zero(long offset, long lengthBytes) {
    Objects.checkFromIndexSize(offset, lengthBytes, sizeBytes());
    List<Long> changed = new ArrayList<>();
    for (long at = nextNonZero(offset, offset + lengthBytes); at >= 0; ) {
      changed.add(at);
      at = nextNonZero(at + Long.BYTES, offset + lengthBytes);
    }
    memory.asSlice(offset, lengthBytes).fill((byte) 0);
    // A word at an end of the range may keep some of its bytes.
    List<Word> words = changed.stream().map(at -> new Word(at, memory.get(WORD, at))).toList();
    record.add(new Stored(index, offset, lengthBytes, words));
  }

  /// The first word with a byte from an offset on that is not zero, -1 when there is none.
  private long nextNonZero(long from, long end) {
    for (long at = from; at < end; at += ZEROS.byteSize()) {
      long length = Math.min(ZEROS.byteSize(), end - at);
      long mismatch = MemorySegment.mismatch(memory, at, at + length, ZEROS, 0, length);
      if (mismatch >= 0) {
        return (at + mismatch) & -Long.BYTES;
      }
    }
    return -1;
  }

  @Override
  public void writeBack(long offset, long lengthBytes) {
    Objects.checkFromIndexSize(offset, lengthBytes, sizeBytes());
    record.add(new WrittenBack(index, offset, lengthBytes));
  }
}
