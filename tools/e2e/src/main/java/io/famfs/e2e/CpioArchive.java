package io.famfs.e2e;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// Writes the "new ASCII" cpio format that the kernel unpacks as its first root file system.
///
/// ```
/// header  110 bytes: "070701", then 13 numbers of 8 hexadecimal digits:
///         inode, mode, uid, gid, links, mtime, size, device major and minor,
///         special device major and minor, name size (with the NUL), checksum (0)
/// name    NUL terminated, zeros up to a multiple of 4 counted from the header
/// content zeros up to a multiple of 4
/// ```
///
/// (Documentation/driver-api/early-userspace/buffer-format.rst.) An entry named `TRAILER!!!` ends
/// it. Parent directories are written when first needed. Owner is root, times are zero.
final class CpioArchive {
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int SYMBOLIC_LINK = 0120000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final byte[] NOTHING = {};

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 22);
  private final Set<String> directories = new HashSet<>();
  private int inode = 1;

  void directory(String path) {
    String name = relative(path);
    if (!name.isEmpty() && directories.add(name)) {
      parents(name);
      entry(name, DIRECTORY | 0755, NOTHING, 0, 0);
    }
  }

  void file(String path, byte[] content, int permissions) {
    String name = relative(path);
    parents(name);
    entry(name, REGULAR | permissions, content, 0, 0);
  }

  void symbolicLink(String path, String target) {
    String name = relative(path);
    parents(name);
    entry(name, SYMBOLIC_LINK | 0777, target.getBytes(StandardCharsets.UTF_8), 0, 0);
  }

  void characterDevice(String path, int permissions, int major, int minor) {
    String name = relative(path);
    parents(name);
    entry(name, CHARACTER_DEVICE | permissions, NOTHING, major, minor);
  }

  /// Ends the archive and returns its bytes.
  byte[] finish() {
    entry("TRAILER!!!", 0, NOTHING, 0, 0);
    return out.toByteArray();
  }

  private static String relative(String path) {
    return path.replaceFirst("^/+", "");
  }

  private void parents(String name) {
    int slash = name.lastIndexOf('/');
    if (slash > 0) {
      directory(name.substring(0, slash));
    }
  }

  private void entry(String name, int mode, byte[] content, int major, int minor) {
    byte[] nameBytes = (name + "\0").getBytes(StandardCharsets.UTF_8);
    int links = (mode & DIRECTORY) != 0 && (mode & REGULAR) == 0 ? 2 : 1;
    int[] numbers = {
      inode++, mode, 0, 0, links, 0, content.length, 0, 0, major, minor, nameBytes.length, 0
    };
    StringBuilder header = new StringBuilder("070701");
    for (int number : numbers) {
      header.append(String.format(Locale.ROOT, "%08X", number));
    }
    out.writeBytes(header.toString().getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(nameBytes);
    pad();
    out.writeBytes(content);
    pad();
  }

  private void pad() {
    while (out.size() % 4 != 0) {
      out.write(0);
    }
  }
}
