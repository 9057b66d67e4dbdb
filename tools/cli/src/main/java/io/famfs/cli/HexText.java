package io.famfs.cli;

import io.famfs.core.format.MediaFields.Field;
import java.io.PrintWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.openhft.chronicle.bytes.HexDumpBytes;

/// Bytes in hexadecimal, sixteen to a line, each line with its offset on the device, each field
/// with what it is. Works on private copies only.
final class HexText {
  private static final int LINE_BYTES = 16;
  private static final int PIECE_BYTES = 4096;

  private HexText() {}

  /// The text of a structure.
  ///
  /// @param offset where the structure stands on the device
  /// @param bytes a private copy
  /// @param fields its fields, without gaps
  static String of(long offset, MemorySegment bytes, List<Field> fields) {
    HexDumpBytes dump = new HexDumpBytes();
    try {
      dump.numberWrap(LINE_BYTES)
          .offsetFormat(
              (at, out) -> out.append(HexFormat.of().toHexDigits(offset + at, 12)).append(' '));
      for (Field field : fields) {
        dump.writeHexDumpDescription(Inodes.printable(field.text()));
        dump.write(bytes.asSlice(field.at(), field.lengthBytes()).toArray(ValueLayout.JAVA_BYTE));
      }
      return dump.toHexString();
    } finally {
      dump.releaseLast();
    }
  }

  /// Prints a range of a device, each line with its bytes as characters.
  static void print(MemorySegment media, ByteRange range, PrintWriter out) {
    long at = range.offset();
    long end = range.offset() + range.lengthBytes();
    while (at < end) {
      int length = (int) Math.min(PIECE_BYTES, end - at);
      byte[] copy = new byte[length];
      MemorySegment.copy(media, ValueLayout.JAVA_BYTE, at, copy, 0, length);
      List<Field> lines = new ArrayList<>();
      for (int i = 0; i < length; i += LINE_BYTES) {
        int bytes = Math.min(LINE_BYTES, length - i);
        lines.add(new Field(i, bytes, characters(copy, i, bytes)));
      }
      out.print(of(at, MemorySegment.ofArray(copy), lines));
      at += length;
    }
  }

  private static String characters(byte[] bytes, int first, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = first; i < first + count; i++) {
      text.append(bytes[i] >= ' ' && bytes[i] < 0x7f ? (char) bytes[i] : '.');
    }
    return text.toString();
  }
}
