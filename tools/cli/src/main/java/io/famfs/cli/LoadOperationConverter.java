package io.famfs.cli;

import io.famfs.bench.load.LoadOperation;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Operations of a load on the command line: `getattr`, `read:4k`.
final class LoadOperationConverter implements ITypeConverter<LoadOperation> {
  @Override
  public LoadOperation convert(String value) {
    try {
      return LoadOperation.parse(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
