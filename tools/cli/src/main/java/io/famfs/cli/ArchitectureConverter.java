package io.famfs.cli;

import io.famfs.fuse.protocol.ClientArchitecture;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// What a guest runs on, by the name that `uname -m` prints there.
final class ArchitectureConverter implements ITypeConverter<ClientArchitecture> {

  @Override
  public ClientArchitecture convert(String value) {
    ClientArchitecture found = ClientArchitecture.ofMachine(value);
    if (found == null) {
      StringBuilder names = new StringBuilder();
      for (ClientArchitecture architecture : ClientArchitecture.values()) {
        names.append(names.isEmpty() ? "" : ", ").append(architecture.machines().getFirst());
      }
      throw new TypeConversionException(
          "'" + value + "' is not a machine that is known here, such as " + names);
    }
    return found;
  }
}
