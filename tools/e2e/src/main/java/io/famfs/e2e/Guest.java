package io.famfs.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// Starts guests.
public final class Guest {
  private Guest() {}

  /// Boots a guest and returns at once; its back-ends have to be listening.
  ///
  /// The guest never outlives this process. Close the run, also after [GuestRun#await].
  ///
  /// @throws VmUnavailableException when the guest's test program cannot be compiled
  /// @throws IOException when a file of the run cannot be written
  public static GuestRun start(VmImage image, GuestSpec spec)
      throws IOException, InterruptedException {
    Path gtest = image.machine().isForeign() ? null : GuestProgram.obtain(image);
    // Short, because a socket's path may have 107 bytes.
    Path directory =
        Files.createTempDirectory(
                "famfs-e2e-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
            .toAbsolutePath();
    try {
      Path initramfs =
          Files.write(directory.resolve("initramfs"), Initramfs.build(image, gtest, spec));
      Path parent = spec.console().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.write(spec.console(), new byte[0]);
      QemuArguments arguments =
          new QemuArguments(
              image.machine(),
              image.kernel(),
              initramfs,
              directory.resolve("control"),
              directory.resolve("qmp"),
              QemuArguments.accelerator(System.getenv()));
      List<String> words = new ArrayList<>(image.qemuCommand());
      words.addAll(arguments.of(spec));
      HostChannel channel = HostChannel.listen(arguments.control(), spec.hook());
      return GuestRun.start(
          new GuestRun.Plan(
              spec,
              words,
              image.qemuEnvironment(),
              directory,
              channel,
              image.machine().isForeign()));
    } catch (IOException | RuntimeException e) {
      VmFetch.deleteTree(directory);
      throw e;
    }
  }
}
