package io.famfs.fuse.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// What a test needs that mounts.
public final class Mountable {
  private Mountable() {}

  /// Skips the test, loudly, where mounting is not possible.
  ///
  /// @param place a directory that this process has made
  public static void assume(Path place) throws IOException {
    boolean possible =
        Files.isWritable(Path.of("/dev/fuse"))
            && ((Number) Files.getAttribute(place, "unix:uid")).intValue() == 0;
    if (!possible) {
      System.err.println("*** SKIPPED: tests of the /dev/fuse door need root and /dev/fuse ***");
    }
    Assumptions.assumeTrue(possible, "mounting needs root and /dev/fuse");
  }

  /// A new directory.
  public static Path directory(Path place, String name) throws IOException {
    return Files.createDirectory(place.resolve(name));
  }
}
