package io.famfs.dax;

import io.famfs.core.Errno;
import io.famfs.dax.MappedDaxDevice.Description;
import io.famfs.os.CacheLines;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.FileIdentity;
import io.famfs.os.FileSystemType;
import io.famfs.os.Memfd;
import io.famfs.os.MemoryMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Opens and makes devices.
public final class DaxDevices {
  private static final String USE =
      "give a regular file or a devdax character device (/dev/daxX.Y)";
  private static final int OWNER_ONLY = 0600;

  private DaxDevices() {}

  /// Opens a regular file or a devdax character device and maps all of it. Of a file whose size is
  /// no multiple of its page size, the whole pages are used.
  ///
  /// @throws DeviceRefusedException when `path` is something else, or has no page
  /// @throws ErrnoException when the system refuses to open or map it
  public static MappedDaxDevice open(Path path, Mode mode) throws IOException {
    FileIdentity identity;
    // Opening some devices and pipes starts things or waits: look before.
    try (Fd name = Fd.open(path, Fd.O_PATH, 0)) {
      identity = name.identity();
    }
    return switch (identity.type()) {
      case REGULAR -> opened(path, mode, identity, DaxDevices::mapFile);
      case CHARACTER_DEVICE -> {
        DevDaxAttributes attributes = devDax(path, identity);
        yield opened(path, mode, identity, (p, m, fd) -> mapDevDax(p, m, fd, attributes));
      }
      case BLOCK_DEVICE ->
          throw new DeviceRefusedException(
              path,
              "is a block device, whose memory cannot be shared; switch it to devdax mode or give"
                  + " a file on a file system on it");
      case DIRECTORY, PIPE, SOCKET, SYMBOLIC_LINK, OTHER ->
          throw new DeviceRefusedException(
              path, "is " + identity.type().description() + "; " + USE);
    };
  }

  /// Makes a new file of `sizeBytes` zeros, which takes space as it is filled, for its owner only,
  /// and opens it for reading and writing.
  ///
  /// @throws ErrnoException `EEXIST` when there is something at `path`
  public static MappedDaxDevice createFile(Path path, long sizeBytes) throws IOException {
    requireSize(path, sizeBytes);
    Fd fd = Fd.open(path, Fd.O_RDWR | Fd.O_CREAT | Fd.O_EXCL, OWNER_ONLY);
    try {
      fd.truncate(sizeBytes);
      return mapFile(path, Mode.READ_WRITE, fd);
    } catch (IOException e) {
      fd.close();
      Files.deleteIfExists(path);
      throw e;
    }
  }

  /// Makes a device of `sizeBytes` zeros that is gone with its last user.
  public static MappedDaxDevice memfd(String name, long sizeBytes) throws IOException {
    requireSize(name, sizeBytes);
    Fd fd = Memfd.create(name, sizeBytes);
    try {
      Description description =
          new Description(
              "memfd:" + name,
              DeviceKind.MEMFD,
              Mode.READ_WRITE,
              MemoryMap.pageBytes(),
              Visibility.FENCE,
              true);
      return MappedDaxDevice.map(description, fd, sizeBytes);
    } catch (IOException e) {
      fd.close();
      throw e;
    }
  }

  @FunctionalInterface
  private interface Mapper {
    MappedDaxDevice map(Path path, Mode mode, Fd fd) throws IOException;
  }

  private static MappedDaxDevice opened(Path path, Mode mode, FileIdentity expected, Mapper mapper)
      throws IOException {
    Fd fd = Fd.open(path, mode.openFlags() | Fd.O_NONBLOCK, 0);
    try {
      if (!fd.identity().equals(expected)) {
        throw new ErrnoException("open " + path, Errno.EAGAIN, "was replaced meanwhile");
      }
      return mapper.map(path, mode, fd);
    } catch (IOException e) {
      fd.close();
      throw e;
    }
  }

  private static MappedDaxDevice mapFile(Path path, Mode mode, Fd fd) throws IOException {
    FileSystemType fileSystem = fd.fileSystem();
    boolean huge = fileSystem.isHugetlbfs();
    int pageBytes = huge ? Math.toIntExact(fileSystem.blockBytes()) : MemoryMap.pageBytes();
    long fileBytes = fd.sizeBytes();
    long sizeBytes = fileBytes & -pageBytes;
    if (sizeBytes == 0) {
      throw new DeviceRefusedException(
          path,
          (fileBytes == 0 ? "is empty" : "has only " + fileBytes + " bytes")
              + "; make it with its size first, at least one page of "
              + pageBytes
              + " bytes");
    }
    boolean storage = !huge && !fileSystem.isTmpfs();
    Visibility visibility = storage ? Visibility.PAGES : Visibility.FENCE;
    // Holes in huge pages end at page bounds on older kernels; filling is right everywhere.
    return MappedDaxDevice.map(
        new Description(path.toString(), DeviceKind.FILE, mode, pageBytes, visibility, !huge),
        fd,
        sizeBytes);
  }

  private static DevDaxAttributes devDax(Path path, FileIdentity identity) throws IOException {
    long device = identity.special();
    DevDaxAttributes attributes =
        DevDaxAttributes.read(
            DevDaxAttributes.SYSFS, FileIdentity.major(device), FileIdentity.minor(device));
    if (!attributes.isDevDax()) {
      String kind =
          attributes.subsystem().isEmpty()
              ? "a character device of an unknown class"
              : "a character device of class '" + attributes.subsystem() + "'";
      throw new DeviceRefusedException(path, "is " + kind + ", not devdax; " + USE);
    }
    return attributes;
  }

  private static MappedDaxDevice mapDevDax(Path path, Mode mode, Fd fd, DevDaxAttributes attributes)
      throws IOException {
    long sizeBytes = attributes.sizeBytes() & -attributes.alignmentBytes();
    if (sizeBytes <= 0) {
      throw new DeviceRefusedException(path, "is a devdax device without memory; give it a size");
    }
    if (!CacheLines.available()) {
      throw new DeviceRefusedException(
          path,
          "devdax needs cache-line instructions, which are known for x86-64 only; this is "
              + System.getProperty("os.arch"));
    }
    return MappedDaxDevice.map(
        new Description(
            path.toString(),
            DeviceKind.DEVDAX,
            mode,
            attributes.alignmentBytes(),
            Visibility.CACHE_LINES,
            false),
        fd,
        sizeBytes);
  }

  private static void requireSize(Object name, long sizeBytes) throws DeviceRefusedException {
    int pageBytes = MemoryMap.pageBytes();
    if (sizeBytes <= 0 || sizeBytes % pageBytes != 0) {
      throw new DeviceRefusedException(
          name, sizeBytes + " bytes is no size for a device: give a multiple of " + pageBytes);
    }
  }
}
