package io.famfs.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Permission bits in octal on the command line.
final class ModeConverter implements ITypeConverter<Integer> {
  private static final int MAX = 0xfff;

  @Override
  public Integer convert(String value) {
    try {
      int mode = Integer.parseInt(value, 8);
      if (mode >= 0 && mode <= MAX) {
        return mode;
      }
    } catch (NumberFormatException e) {
      // Reported below, as a number that is too large.
    }
    throw new TypeConversionException("'" + value + "' is not an octal mode such as 0644");
  }
}
