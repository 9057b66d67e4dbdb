package io.famfs.cli;

import io.famfs.fuse.fmap.ExtentCachePolicy;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads a policy for lists of extents.
final class ExtentCacheConverter implements ITypeConverter<ExtentCachePolicy> {
  @Override
  public ExtentCachePolicy convert(String text) {
    try {
      return ExtentCachePolicy.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
