package io.famfs.cli;

import io.famfs.os.Identity;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where the servers of this user can be found while they run: `FAMFS_RUNTIME_DIR`, else
/// `/run/famfs` for root and `famfs` in `XDG_RUNTIME_DIR` for everybody else.
///
/// Each server has a socket there, open to its user only. The names can be seen by everybody where
/// root's servers are.
final class RuntimeDirectory {
  private static final Path SHARED = Path.of("/run/famfs");
  private static final String SHARED_MODE = "rwxr-xr-x";
  private static final String OWN_MODE = "rwx------";

  private RuntimeDirectory() {}

  /// The directory, which may not be there yet; null when this user has none.
  static @Nullable Path path() {
    String named = System.getProperty("famfs.runtime.dir", System.getenv("FAMFS_RUNTIME_DIR"));
    if (named != null && !named.isEmpty()) {
      return Path.of(named).toAbsolutePath();
    }
    int uid = Identity.effectiveUid();
    if (uid == 0) {
      return SHARED;
    }
    String own = System.getenv("XDG_RUNTIME_DIR");
    Path base =
        own == null || own.isEmpty()
            ? Path.of("/run/user", Integer.toUnsignedString(uid))
            : Path.of(own);
    return Files.isDirectory(base) ? base.resolve("famfs") : null;
  }

  /// Makes the directory where it is missing.
  ///
  /// @throws IOException when there is none for this user, or others could put files into it
  static Path make() throws IOException {
    Path path = path();
    if (path == null) {
      throw new IOException(
          "there is no runtime directory for user "
              + Integer.toUnsignedString(Identity.effectiveUid())
              + ": set XDG_RUNTIME_DIR or FAMFS_RUNTIME_DIR");
    }
    String mode = path.equals(SHARED) ? SHARED_MODE : OWN_MODE;
    try {
      Files.createDirectories(Objects.requireNonNull(path.getParent(), "a directory below /"));
      Files.createDirectory(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
    } catch (FileAlreadyExistsException e) {
      // Made before; what it is, is checked below.
    }
    check(path);
    return path;
  }

  private static void check(Path path) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(path + " is no directory");
    }
    int owner = (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
    if (owner != Identity.effectiveUid()
        || mode.contains(PosixFilePermission.GROUP_WRITE)
        || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(
          path
              + " belongs to user "
              + Integer.toUnsignedString(owner)
              + " with mode "
              + PosixFilePermissions.toString(mode)
              + ": only its user may be able to write there");
    }
  }
}
