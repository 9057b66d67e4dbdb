package io.famfs.core;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.UUID;

/// Uuids as 16 bytes in the order of their text (RFC 4122 network order): `d99e127a-...` is stored
/// as `d9 9e 12 7a ...`, although everything else on the media is little-endian.
public final class UuidCodec {
  /// Bytes of a stored uuid.
  public static final int BYTES = 16;

  private static final ValueLayout.OfLong BIG_ENDIAN =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private UuidCodec() {}

  /// Reads the uuid at an offset. Any 16 bytes are a uuid.
  public static UUID read(MemorySegment segment, long offset) {
    return new UUID(segment.get(BIG_ENDIAN, offset), segment.get(BIG_ENDIAN, offset + 8));
  }

  /// Writes a uuid at an offset.
  public static void write(MemorySegment segment, long offset, UUID uuid) {
    segment.set(BIG_ENDIAN, offset, uuid.getMostSignificantBits());
    segment.set(BIG_ENDIAN, offset + 8, uuid.getLeastSignificantBits());
  }
}
