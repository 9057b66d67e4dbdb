package io.famfs.cli;

import picocli.CommandLine.IVersionProvider;

/// The version: of the program, and of the format it writes.
final class VersionText implements IVersionProvider {
  @Override
  public String[] getVersion() {
    Package own = VersionText.class.getPackage();
    String version = own.getImplementationVersion();
    return new String[] {
      "famfs-server " + (version == null ? "(development build)" : version),
      "on-media format famfs OMF 2.2, version 48"
    };
  }
}
