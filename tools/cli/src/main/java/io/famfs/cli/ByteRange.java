package io.famfs.cli;

import io.famfs.core.ByteSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Bytes of a device, as in `0x200000,48` or `2M,1k`.
///
/// @param offset the first one, 0 or more
/// @param lengthBytes how many, 0 or more
record ByteRange(long offset, long lengthBytes) {

  /// From the command line.
  static final class Converter implements ITypeConverter<ByteRange> {
    @Override
    public ByteRange convert(String value) {
      String[] parts = value.split(",", -1);
      if (parts.length != 2) {
        throw new TypeConversionException("'" + value + "' is no range: write OFFSET,LENGTH");
      }
      try {
        return new ByteRange(ByteSize.parse(parts[0]), ByteSize.parse(parts[1]));
      } catch (NumberFormatException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
