package io.famfs.os.handover;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// A few kilobytes that are replaced as a whole: a process that is killed while it does leaves the
/// old ones or the new ones.
///
/// Two places, of which the one with the higher number counts. One writer at a time.
///
/// ```
///  0  u64 number, 0 for nothing
///  8  u32 bytes
/// 12  u32 CRC-32C of them
/// 16  bytes
/// ```
public final class StateRecord {
  private static final int NUMBER = 0;
  private static final int LENGTH = 8;
  private static final int CRC = 12;
  private static final int DATA = 16;
  private static final VarHandle U64 = ValueLayout.JAVA_LONG.varHandle();

  private final MemorySegment[] places;
  private final int capacity;
  private long number;

  /// @param memory aligned to 8 bytes, a multiple of 16
  public StateRecord(MemorySegment memory) {
    long half = memory.byteSize() / 2;
    places = new MemorySegment[] {memory.asSlice(0, half), memory.asSlice(half, half)};
    capacity = Math.toIntExact(half - DATA);
    number = Math.max(numberAt(places[0]), numberAt(places[1]));
  }

  /// Most bytes it holds.
  public int capacityBytes() {
    return capacity;
  }

  private static long numberAt(MemorySegment place) {
    return (long) U64.getAcquire(place, (long) NUMBER);
  }

  /// Replaces the bytes.
  ///
  /// @throws IllegalArgumentException when there are too many
  public void write(byte[] bytes) {
    if (bytes.length > capacity) {
      throw new IllegalArgumentException(bytes.length + " bytes do not fit into " + capacity);
    }
    MemorySegment place = numberAt(places[0]) <= numberAt(places[1]) ? places[0] : places[1];
    U64.setRelease(place, (long) NUMBER, 0L);
    VarHandle.storeStoreFence();
    MemorySegment.copy(bytes, 0, place, ValueLayout.JAVA_BYTE, DATA, bytes.length);
    place.set(ValueLayout.JAVA_INT, LENGTH, bytes.length);
    place.set(ValueLayout.JAVA_INT, CRC, crc(bytes));
    U64.setRelease(place, (long) NUMBER, ++number);
  }

  /// The bytes, little-endian; none when nothing was written, or nothing whole.
  public ByteBuffer read() {
    MemorySegment newer = numberAt(places[0]) > numberAt(places[1]) ? places[0] : places[1];
    int length = newer.get(ValueLayout.JAVA_INT, LENGTH);
    byte[] bytes = {};
    if (numberAt(newer) != 0 && length >= 0 && length <= capacity) {
      byte[] found = newer.asSlice(DATA, length).toArray(ValueLayout.JAVA_BYTE);
      bytes = crc(found) == newer.get(ValueLayout.JAVA_INT, CRC) ? found : bytes;
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
