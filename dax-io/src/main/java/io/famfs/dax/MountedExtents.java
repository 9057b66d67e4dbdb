package io.famfs.dax;

import io.famfs.core.Errno;
import io.famfs.core.extent.ExtentList;
import io.famfs.core.extent.ExtentText;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.text.ParseException;

/// Where a file of a mounted famfs lies, as its server says: on a mount through `/dev/fuse`, and in
/// a guest on virtio-fs. Needs no device and no right beyond reading the file.
public final class MountedExtents {
  /// The attribute's name without `user.`, which Java adds.
  private static final String NAME = ExtentText.ATTRIBUTE.substring("user.".length());

  private MountedExtents() {}

  /// Whether files there may have lists: a FUSE server answers for them. Anybody may set an
  /// attribute of that name on other file systems.
  ///
  /// @throws ErrnoException when there is no such file
  public static boolean isServed(Path file) throws ErrnoException {
    try (Fd name = Fd.open(file, Fd.O_PATH, 0)) {
      return name.fileSystem().isFuse();
    }
  }

  /// Reads the list of a file.
  ///
  /// @throws ErrnoException ENOENT and the like; EOPNOTSUPP when no FUSE server answers for the
  ///   file, EPROTO when what it says is no list
  /// @throws IOException when the attribute cannot be read; the reason is the system's: no data
  ///   available when there is none, permission denied, device or resource busy while the file
  ///   still grows
  public static ExtentList read(Path file) throws IOException {
    try (Fd name = Fd.open(file, Fd.O_PATH, 0)) {
      if (!name.fileSystem().isFuse()) {
        throw new ErrnoException(
            "extents of " + file, Errno.EOPNOTSUPP, "it is on no mounted famfs");
      }
      // By the descriptor, so that both are of one file whatever becomes of the name.
      return decode(file, value(Path.of("/proc/self/fd/" + name.value())));
    }
  }

  private static byte[] value(Path file) throws IOException {
    UserDefinedFileAttributeView attributes =
        Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
    ByteBuffer value = ByteBuffer.allocate(ExtentText.MAX_BYTES);
    attributes.read(NAME, value);
    byte[] bytes = new byte[value.flip().remaining()];
    value.get(bytes);
    return bytes;
  }

  private static ExtentList decode(Path file, byte[] text) throws ErrnoException {
    try {
      return ExtentText.decode(text);
    } catch (ParseException e) {
      throw new ErrnoException("extents of " + file, Errno.EPROTO, String.valueOf(e.getMessage()));
    }
  }
}
