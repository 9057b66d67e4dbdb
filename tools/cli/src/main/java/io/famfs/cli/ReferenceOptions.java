package io.famfs.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/// Options of the reference's mkfs that say how to reach the memory through its kernel module. Here
/// nothing depends on one, so scripts may give them.
final class ReferenceOptions {
  @Option(
      names = {"-M", "--set-daxmode"},
      description = "No effect: the mode of the device is never changed.")
  private boolean setDaxMode;

  @Option(
      names = {"-F", "--nofuse"},
      description = "No effect: the device is mapped directly.")
  private boolean noFuse;

  @Option(names = "--fuse", description = "No effect: the device is mapped directly.")
  private boolean fuse;

  @Option(
      names = {"-D", "--nodax"},
      description = "No effect: a file is as good a device as any.")
  private boolean noDax;

  /// Says in one line which of the options given have no effect.
  void note(Consumer<String> say) {
    List<String> given = new ArrayList<>();
    add(given, setDaxMode, "--set-daxmode");
    add(given, noFuse, "--nofuse");
    add(given, fuse, "--fuse");
    add(given, noDax, "--nodax");
    if (!given.isEmpty()) {
      say.accept("note: no effect here: " + String.join(", ", given));
    }
  }

  private static void add(List<String> given, boolean set, String name) {
    if (set) {
      given.add(name);
    }
  }
}
