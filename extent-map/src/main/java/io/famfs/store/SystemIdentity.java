package io.famfs.store;

import io.famfs.core.Errno;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The file that names this host to famfs: a uuid as 36 characters, followed by NUL or end of line
/// or nothing. Every famfs program on the host shares it, the reference's too.
public final class SystemIdentity {
  private static final int TEXT_CHARS = 36;

  private SystemIdentity() {}

  /// Reads the uuid.
  ///
  /// @return null when the file does not exist
  /// @throws StoreException when the file holds no uuid; it is left as it is
  /// @throws IOException when the file cannot be read
  public static @Nullable UUID read(Path file) throws IOException {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return null;
    }
    String text = new String(content, StandardCharsets.ISO_8859_1);
    String head = text.substring(0, Math.min(text.length(), TEXT_CHARS));
    String rest = text.substring(head.length()).replace("\0", "").strip();
    if (head.length() == TEXT_CHARS && rest.isEmpty()) {
      try {
        UUID uuid = UUID.fromString(head);
        if (uuid.toString().equalsIgnoreCase(head)) {
          return uuid;
        }
      } catch (IllegalArgumentException e) {
        // Reported below, as every other content that is no uuid.
      }
    }
    throw new StoreException(
        Errno.EINVAL,
        file
            + " holds no system uuid; restore it, or remove it to get a new identity (this host"
            + " then owns none of its volumes any more)");
  }

  /// Reads the uuid, and makes a random one first when the file does not exist: mode 0444, parent
  /// directories 0755.
  ///
  /// @throws StoreException when the file holds no uuid
  /// @throws IOException when the file cannot be read or made
  public static UUID readOrCreate(Path file) throws IOException {
    UUID present = read(file);
    if (present != null) {
      return present;
    }
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    UUID made = UUID.randomUUID();
    // Complete before it has its name: a concurrent reader never sees half a uuid.
    Path fresh = file.resolveSibling(file.getFileName() + "." + made);
    try {
      Files.write(fresh, (made + "\0").getBytes(StandardCharsets.US_ASCII));
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("r--r--r--"));
      Files.createLink(file, fresh);
      return made;
    } catch (FileAlreadyExistsException e) {
      UUID other = read(file);
      if (other == null) {
        throw e;
      }
      return other;
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
