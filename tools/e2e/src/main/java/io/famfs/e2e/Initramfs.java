package io.famfs.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The root file system of a guest: busybox, `gtest`, `host`, the script and what the caller adds.
final class Initramfs {
  /// On the kernel's command line of a guest without a second serial port.
  static final String NO_CONTROL = "e2e_no_control";

  private Initramfs() {}

  /// @param gtest the test program, null where there is none for the guest
  static byte[] build(VmImage image, @Nullable Path gtest, GuestSpec spec) throws IOException {
    CpioArchive archive = new CpioArchive();
    for (String d : List.of("bin", "dev", "etc", "lib", "mnt", "proc", "run", "sys", "tmp")) {
      archive.directory(d);
    }
    archive.characterDevice("dev/console", 0600, 5, 1);
    archive.file("bin/busybox", Files.readAllBytes(image.busybox()), 0755);
    archive.symbolicLink("bin/sh", "busybox");
    archive.file("init", GuestProgram.resource("init"), 0755);
    if (gtest != null) {
      archive.file("bin/gtest", Files.readAllBytes(gtest), 0755);
      archive.symbolicLink("bin/host", "gtest");
    }
    for (Path module : image.modules()) {
      archive.file("lib/" + module.getFileName(), Files.readAllBytes(module), 0644);
    }
    archive.file("run/script", spec.script().getBytes(StandardCharsets.UTF_8), 0755);
    for (GuestSpec.GuestFile file : spec.files()) {
      archive.file(file.path(), file.content(), 0755);
    }
    return archive.finish();
  }
}
