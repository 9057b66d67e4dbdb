package io.famfs.cli;

import java.lang.module.ModuleDescriptor;
import picocli.CommandLine.IVersionProvider;

/// The version: of the program, and of the format it writes.
final class VersionText implements IVersionProvider {
  /// The version of the program.
  static String program() {
    ModuleDescriptor own = VersionText.class.getModule().getDescriptor();
    return own == null ? "(development build)" : own.rawVersion().orElse("(unknown)");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"famfs-server " + program(), "on-media format famfs OMF 2.2, version 48"};
  }
}
