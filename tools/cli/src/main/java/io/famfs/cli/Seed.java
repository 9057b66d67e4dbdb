package io.famfs.cli;

import io.famfs.core.RandomContent;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// The seed of a file's content.
///
/// @param value its bits; 0 for no content
/// @param wide whether all 64 bits count; the reference implementation takes the low 32
record Seed(long value, boolean wide) {

  /// A generator at the start of the content.
  RandomContent content() {
    return wide ? RandomContent.of(value) : RandomContent.ofLowHalf(value);
  }

  /// Whether it stands for "leave the content as it is".
  boolean none() {
    return value == 0;
  }

  /// Seeds as the reference takes them: a number, decimal, octal with 0 or hexadecimal with 0x, of
  /// which 32 bits count.
  static final class Narrow implements ITypeConverter<Seed> {
    @Override
    public Seed convert(String text) {
      Seed seed = new Seed(parse(text), false);
      if (!seed.none() && (int) seed.value == 0) {
        throw new TypeConversionException(
            "'" + text + "': the low 32 bits of a seed must not be zero; see --seed64");
      }
      return seed;
    }
  }

  /// Seeds of 64 bits.
  static final class Wide implements ITypeConverter<Seed> {
    @Override
    public Seed convert(String text) {
      return new Seed(parse(text), true);
    }
  }

  private static long parse(String text) {
    try {
      if (text.startsWith("0x") || text.startsWith("0X")) {
        return Long.parseUnsignedLong(text, 2, text.length(), 16);
      }
      return text.startsWith("0")
          ? Long.parseUnsignedLong(text, 8)
          : Long.parseUnsignedLong(text, 10);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is no seed: a number of up to 64 bits");
    }
  }
}
