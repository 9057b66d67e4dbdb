package io.famfs.cli;

import io.famfs.core.ByteSize;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// One of several files of a command.
///
/// @param name where it is
/// @param sizeBytes its size; 0 where a command does not ask
/// @param seed the seed of its content, null for none
record NamedContent(String name, long sizeBytes, @Nullable Seed seed) {

  /// `NAME,SIZE[,SEED]`.
  static final class WithSize implements ITypeConverter<NamedContent> {
    @Override
    public NamedContent convert(String text) {
      String[] parts = text.split(",", -1);
      if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty()) {
        throw new TypeConversionException("'" + text + "' is not NAME,SIZE[,SEED]");
      }
      try {
        Seed seed = parts.length == 3 ? new Seed.Narrow().convert(parts[2]) : null;
        return new NamedContent(parts[0], ByteSize.parse(parts[1]), seed);
      } catch (NumberFormatException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /// `NAME,SEED`.
  static final class WithSeed implements ITypeConverter<NamedContent> {
    @Override
    public NamedContent convert(String text) {
      String[] parts = text.split(",", -1);
      if (parts.length != 2 || parts[0].isEmpty()) {
        throw new TypeConversionException("'" + text + "' is not NAME,SEED");
      }
      return new NamedContent(parts[0], 0, new Seed.Narrow().convert(parts[1]));
    }
  }
}
