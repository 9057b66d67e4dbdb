package io.famfs.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// What a test needs of this host. A test without it is skipped and says so.
final class Privileges {
  private Privileges() {}

  static void assumeRoot() throws IOException {
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    assume(uid == 0, "this test has to run as root");
  }

  static void assumeMounts() throws IOException {
    assumeRoot();
    assume(Files.exists(Path.of("/dev/fuse")), "this host has no /dev/fuse");
  }

  private static void assume(boolean holds, String why) {
    if (!holds) {
      System.out.println("SKIPPED: " + why);
    }
    Assumptions.assumeTrue(holds, why);
  }
}
