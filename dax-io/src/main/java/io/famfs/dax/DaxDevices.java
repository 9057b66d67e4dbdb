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
    return open(path, mode, Coherence.AUTO);
  }

  /// Opens as [#open(Path, Mode)], with a choice of how stores become visible.
  ///
  /// @throws DeviceRefusedException also when cache lines have to be moved and this host cannot
  public static MappedDaxDevice open(Path path, Mode mode, Coherence coherence) throws IOException {
    FileIdentity identity;
    // Opening some devices and pipes starts things or waits: look before.
    try (Fd name = Fd.open(path, Fd.O_PATH, 0)) {
      identity = name.identity();
    }
    return switch (identity.type()) {
      case REGULAR -> {
        boolean flush = coherence == Coherence.FLUSH;
        yield opened(path, mode, identity, (p, m, fd) -> mapFile(p, m, fd, flush));
      }
      case CHARACTER_DEVICE -> {
        DevDaxAttributes attributes = devDax(path, identity);
        boolean flush = coherence != Coherence.COHERENT;
        yield opened(path, mode, identity, (p, m, fd) -> mapDevDax(p, m, fd, attributes, flush));
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

  /// Makes a file as [#createFile(Path, long, Coherence)], coherent.
  public static MappedDaxDevice createFile(Path path, long sizeBytes) throws IOException {
    return createFile(path, sizeBytes, Coherence.AUTO);
  }

  /// Makes a new file of `sizeBytes` zeros, which takes space as it is filled, for its owner only,
  /// and opens it for reading and writing.
  ///
  /// @throws DeviceRefusedException when the size is none for a device, or cache lines have to be
  ///   moved and this host cannot
  /// @throws ErrnoException `EEXIST` when there is something at `path`
  public static MappedDaxDevice createFile(Path path, long sizeBytes, Coherence coherence)
      throws IOException {
    requireSize(path, sizeBytes);
    Fd fd = Fd.open(path, Fd.O_RDWR | Fd.O_CREAT | Fd.O_EXCL, OWNER_ONLY);
    try {
      fd.truncate(sizeBytes);
      return mapFile(path, Mode.READ_WRITE, fd, coherence == Coherence.FLUSH);
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
              true,
              null);
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

  private static MappedDaxDevice mapFile(Path path, Mode mode, Fd fd, boolean flush)
      throws IOException {
    if (flush) {
      requireCacheLines(path);
    }
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
    // Holes in huge pages end at page bounds on older kernels, and what the kernel gives for a
    // hole is in its cache only; filling is right everywhere.
    boolean punchable = !huge && !flush;
    return MappedDaxDevice.map(
        new Description(
            path.toString(),
            DeviceKind.FILE,
            mode,
            pageBytes,
            new Visibility(flush, true, storage),
            punchable,
            null),
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

  private static MappedDaxDevice mapDevDax(
      Path path, Mode mode, Fd fd, DevDaxAttributes attributes, boolean flush) throws IOException {
    long sizeBytes = attributes.sizeBytes() & -attributes.alignmentBytes();
    if (sizeBytes <= 0) {
      throw new DeviceRefusedException(path, "is a devdax device without memory; give it a size");
    }
    if (flush) {
      requireCacheLines(path);
    }
    return MappedDaxDevice.map(
        new Description(
            path.toString(),
            DeviceKind.DEVDAX,
            mode,
            attributes.alignmentBytes(),
            new Visibility(flush, false, false),
            false,
            attributes.lockFile()),
        fd,
        sizeBytes);
  }

  private static void requireCacheLines(Path path) throws DeviceRefusedException {
    String problem = CacheLines.problem();
    if (problem != null) {
      throw new DeviceRefusedException(
          path,
          problem
              + "; memory that all users see coherently can be used with the policy 'coherent'");
    }
  }

  private static void requireSize(Object name, long sizeBytes) throws DeviceRefusedException {
    int pageBytes = MemoryMap.pageBytes();
    if (sizeBytes <= 0 || sizeBytes % pageBytes != 0) {
      throw new DeviceRefusedException(
          name, sizeBytes + " bytes is no size for a device: give a multiple of " + pageBytes);
    }
  }
}
