package io.famfs.cli;

import io.famfs.fuse.famfs.DaxPolicy;
import io.famfs.fuse.famfs.FamfsOptions;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// The option that says which files a guest reaches through its window.
final class DaxOption {
  @Option(
      names = "--dax",
      paramLabel = "FILES",
      converter = Converter.class,
      description = {
        "Which files a guest maps through the window when it is mounted with dax=inode or without",
        "a dax option: always: all; never: none; size:N: those of N bytes or more; governed: all,",
        "as long as the window is not slower than copying (default: ${DEFAULT-VALUE}).",
        "A guest that mounts with dax=always maps all of them whatever is said here."
      })
  private DaxPolicy dax = new DaxPolicy.Governed();

  FamfsOptions apply(FamfsOptions options) {
    return options.withDax(dax);
  }

  static final class Converter implements ITypeConverter<DaxPolicy> {
    @Override
    public DaxPolicy convert(String value) {
      try {
        return DaxPolicy.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
