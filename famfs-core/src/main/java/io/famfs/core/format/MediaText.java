package io.famfs.core.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/// The content of a fixed-size character field: the bytes before the first NUL, and what they mean
/// as text.
public final class MediaText {
  private final byte[] bytes;
  private final String text;
  private final boolean terminated;
  private final boolean validUtf8;

  private MediaText(byte[] bytes, boolean terminated) {
    this.bytes = bytes;
    this.terminated = terminated;
    this.text = new String(bytes, StandardCharsets.UTF_8);
    this.validUtf8 = Utf8.valid(bytes, 0, bytes.length);
  }

  /// Reads a field.
  public static MediaText read(MemorySegment segment, long offset, int fieldBytes) {
    byte[] field = new byte[fieldBytes];
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, field, 0, fieldBytes);
    int length = 0;
    while (length < fieldBytes && field[length] != 0) {
      length++;
    }
    return new MediaText(Arrays.copyOf(field, length), length < fieldBytes);
  }

  /// The UTF-8 form of a text.
  ///
  /// @throws IllegalArgumentException when it holds a NUL or a surrogate without a partner
  public static MediaText of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    MediaText result = new MediaText(bytes, true);
    if (text.indexOf('\0') >= 0 || !result.text.equals(text)) {
      throw new IllegalArgumentException("not a text that a volume can hold: " + text);
    }
    return result;
  }

  /// Writes the bytes and fills the rest of the field with zeros.
  ///
  /// @throws IllegalArgumentException when the bytes are longer than the field
  public void write(MemorySegment segment, long offset, int fieldBytes) {
    if (bytes.length > fieldBytes) {
      throw new IllegalArgumentException(
          bytes.length + " bytes do not fit in a field of " + fieldBytes);
    }
    byte[] field = Arrays.copyOf(bytes, fieldBytes);
    MemorySegment.copy(field, 0, segment, ValueLayout.JAVA_BYTE, offset, fieldBytes);
  }

  /// The bytes, without NUL, for those in this package who only read them.
  byte[] rawBytes() {
    return bytes;
  }

  /// A copy of the bytes, without NUL.
  public byte[] toBytes() {
    return bytes.clone();
  }

  /// Number of bytes, without NUL.
  public int lengthBytes() {
    return bytes.length;
  }

  /// Whether a NUL followed the bytes inside the field.
  public boolean terminated() {
    return terminated;
  }

  /// Whether the bytes are well-formed UTF-8.
  public boolean validUtf8() {
    return validUtf8;
  }

  /// The bytes in hexadecimal.
  public String toHex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MediaText that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /// The bytes as text; what is not UTF-8 shows as replacement characters.
  @Override
  public String toString() {
    return text;
  }
}
