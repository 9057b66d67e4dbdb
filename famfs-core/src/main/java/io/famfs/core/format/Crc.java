package io.famfs.core.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32;

/// The checksum of every structure: the CRC32 of zlib over raw bytes.
public final class Crc {
  private static final int STEP_BYTES = 4096;

  private Crc() {}

  /// The checksum of a range, as the unsigned number that the media keeps in 8 bytes.
  ///
  /// The bytes are copied to private memory first: a checksum computed by native code over memory
  /// that disappears would end the process.
  public static long of(MemorySegment segment, long offset, long lengthBytes) {
    CRC32 crc = new CRC32();
    byte[] copy = new byte[(int) Math.min(lengthBytes, STEP_BYTES)];
    long at = 0;
    while (at < lengthBytes) {
      int step = (int) Math.min(lengthBytes - at, copy.length);
      MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset + at, copy, 0, step);
      crc.update(copy, 0, step);
      at += step;
    }
    return crc.getValue();
  }
}
