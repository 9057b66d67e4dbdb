package io.famfs.fuse.device;

import io.famfs.core.Errno;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Looks at a directory before and after it carries a mount.
final class MountPoint {
  private static final int O_DIRECTORY = 0x10000;
  private static final Path MOUNTS = Path.of("/proc/self/mounts");
  private static final Path CONNECTIONS = Path.of("/sys/fs/fuse/connections");

  private MountPoint() {}

  /// Says in plain words why a directory cannot be mounted on.
  static void check(Path directory) throws IOException {
    try {
      Fd.open(directory, Fd.O_RDONLY | O_DIRECTORY, 0).close();
    } catch (ErrnoException e) {
      throw new IOException(describe(directory, e), e);
    }
    if (isMounted(directory.toRealPath())) {
      throw new IOException(
          directory + " has a famfs mounted already; run famfs umount " + directory + " first");
    }
  }

  private static String describe(Path directory, ErrnoException e) {
    return switch (e.errno()) {
      case Errno.ENOTCONN ->
          directory + " is a mount whose server is gone; run famfs umount " + directory + " first";
      case Errno.ENOENT -> directory + " does not exist; make the directory first";
      case Errno.ENOTDIR -> directory + " is not a directory";
      default -> String.valueOf(e.getMessage());
    };
  }

  /// Whether the list of mounts has one of ours there, alive or not.
  static boolean isMounted(Path directory) throws IOException {
    String target = escape(directory.toString());
    List<String> mounts = Files.readAllLines(MOUNTS);
    for (String line : mounts) {
      String[] fields = line.split(" ", 4);
      if (fields.length == 4 && fields[1].equals(target) && fields[2].equals("fuse.famfs")) {
        return true;
      }
    }
    return false;
  }

  /// As the kernel writes paths into the list of mounts.
  private static String escape(String path) {
    return path.replace("\\", "\\134")
        .replace(" ", "\\040")
        .replace("\t", "\\011")
        .replace("\n", "\\012");
  }

  /// Ends the connection of the mount at a directory, so that whoever waits in it is woken.
  ///
  /// @return false where the control file system of FUSE is not mounted
  static boolean abort(Path directory) {
    return abort(directory, CONNECTIONS);
  }

  /// As [#abort(Path)], with the place where the control file system is mounted.
  static boolean abort(Path directory, Path connections) {
    try {
      long device = ((Number) Files.getAttribute(directory, "unix:dev")).longValue();
      // Minor number of the anonymous device, as in the kernel's encoding of st_dev.
      long minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
      Files.writeString(connections.resolve(minor + "/abort"), "1");
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
