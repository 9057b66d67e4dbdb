package io.famfs.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Slots of the log, as in `7` or `7-12`.
///
/// @param first the first one
/// @param last the last one, not before the first
record SlotRange(long first, long last) {

  /// From the command line.
  static final class Converter implements ITypeConverter<SlotRange> {
    @Override
    public SlotRange convert(String value) {
      String[] parts = value.split("-", -1);
      try {
        long first = Long.parseLong(parts[0]);
        long last = parts.length == 2 ? Long.parseLong(parts[1]) : first;
        if (parts.length <= 2 && first >= 0 && last >= first) {
          return new SlotRange(first, last);
        }
      } catch (NumberFormatException e) {
        // Told below, like every other text.
      }
      throw new TypeConversionException("'" + value + "' names no slots: write 7 or 7-12");
    }
  }
}
