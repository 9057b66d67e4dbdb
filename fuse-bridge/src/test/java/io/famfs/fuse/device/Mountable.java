package io.famfs.fuse.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// What a test needs that mounts.
public final class Mountable {
  private Mountable() {}

  /// Skips the test where mounting is not possible.
  public static void assume(Path place) throws IOException {
    Assumptions.assumeTrue(
        Files.isWritable(Path.of("/dev/fuse"))
            && ((Number) Files.getAttribute(place, "unix:uid")).intValue() == 0,
        "SKIPPED: mounting needs root and /dev/fuse");
  }

  /// A new directory.
  public static Path directory(Path place, String name) throws IOException {
    return Files.createDirectory(place.resolve(name));
  }
}
