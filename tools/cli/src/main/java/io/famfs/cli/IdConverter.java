package io.famfs.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// User and group numbers: unsigned, in 32 bits; the last one is reserved by the kernel.
final class IdConverter implements ITypeConverter<Integer> {
  private static final long MAX = 0xfffffffeL;

  @Override
  public Integer convert(String value) {
    try {
      long id = Long.parseLong(value);
      if (id >= 0 && id <= MAX) {
        return (int) id;
      }
    } catch (NumberFormatException e) {
      // Reported below, as a number that is too large.
    }
    throw new TypeConversionException("'" + value + "' is not a user or group number");
  }
}
