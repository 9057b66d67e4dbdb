package io.famfs.cli;

import java.lang.module.ModuleDescriptor;
import picocli.CommandLine.IVersionProvider;

/// The version: of the program, and of the format it writes.
final class VersionText implements IVersionProvider {
  @Override
  public String[] getVersion() {
    ModuleDescriptor own = VersionText.class.getModule().getDescriptor();
    String version = own == null ? "(development build)" : own.rawVersion().orElse("(unknown)");
    return new String[] {"famfs-server " + version, "on-media format famfs OMF 2.2, version 48"};
  }
}
