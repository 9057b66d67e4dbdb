package io.famfs.dax;

import io.famfs.core.Errno;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.ExtentList;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.core.format.SuperblockRules;
import io.famfs.core.mapping.Access;
import io.famfs.core.mapping.FileMapping;
import io.famfs.core.mapping.MappedSpan;
import io.famfs.os.ErrnoException;
import io.famfs.os.MemoryMap;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Maps files of a mounted famfs from its devices, past the kernel that mounts it: on any kernel,
/// for any program that can open the devices. The mount is asked only where a file lies.
///
/// ```java
/// try (MountedFiles files = MountedFiles.open(List.of(Path.of("/dev/dax0.0")), Mode.READ_ONLY);
///     Arena arena = Arena.ofShared()) {
///   FileMapping file = files.map(Path.of("/mnt/models/weights"), Access.READ_ONLY, arena);
///   MemorySegment all = file.contiguous().orElseThrow();
///   float first = all.get(ValueLayout.JAVA_FLOAT, 0);
/// }
/// ```
///
/// What the mount says is checked before it is believed: it has to be a FUSE mount, the list has to
/// be sound, every range has to lie on a device that was given here, behind what is not file data.
/// It is asked again when the file is mapped, and has to say the same. A server that lies can still
/// show the data of other files: give devices only to programs that may see all of them.
public final class MountedFiles implements AutoCloseable {

  /// Who says where files lie.
  @FunctionalInterface
  interface Lists {
    ExtentList read(Path file) throws IOException;
  }

  private record Device(MappedDaxDevice memory, long reservedBytes) {}

  private final Lists lists;
  private final Map<UUID, Device> devices = new HashMap<>();

  private MountedFiles(Lists lists) {
    this.lists = lists;
  }

  /// Opens the devices of one file system or of several, in any order, without claiming them: their
  /// server has them, too.
  ///
  /// @throws ErrnoException EINVAL when one of them is no device of a famfs, or two are the same;
  ///   else what opening it says
  public static MountedFiles open(List<Path> paths, Mode mode) throws IOException {
    return open(paths, mode, MountedExtents::read);
  }

  static MountedFiles open(List<Path> paths, Mode mode, Lists lists) throws IOException {
    MountedFiles files = new MountedFiles(lists);
    try {
      for (Path path : paths) {
        files.add(DaxDevices.open(path, mode));
      }
      return files;
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private void add(MappedDaxDevice device) throws ErrnoException {
    try {
      Superblock superblock = superblock(device);
      if (superblock == null) {
        throw new ErrnoException(device.name(), Errno.EINVAL, "is no device of a famfs");
      }
      long reserved =
          superblock.isSecondary() ? SuperblockLayout.AREA_BYTES : superblock.reservedBytes();
      if (devices.putIfAbsent(superblock.deviceUuid(), new Device(device, reserved)) != null) {
        throw new ErrnoException(
            device.name(), Errno.EINVAL, "has the uuid of another device given here");
      }
    } catch (ErrnoException e) {
      device.close();
      throw e;
    }
  }

  private static @Nullable Superblock superblock(MappedDaxDevice device) {
    if (device.sizeBytes() < SuperblockLayout.BYTES) {
      return null;
    }
    MemorySegment copy = MemorySegment.ofArray(new byte[SuperblockLayout.BYTES]);
    device.invalidate(0, SuperblockLayout.BYTES);
    MemorySegment.copy(device.memory(), 0, copy, 0, SuperblockLayout.BYTES);
    return SuperblockRules.firstBroken(copy, device.sizeBytes()) == null
        ? SuperblockCodec.decode(copy, 0)
        : SuperblockRules.secondary(copy);
  }

  /// Maps a file.
  ///
  /// @param file on the mount
  /// @param arena what is mapped lives as long as it does, beyond this object, too; of the result
  ///   only [FileMapping#writeBack] and [FileMapping#invalidate] end with this object
  /// @throws ErrnoException ENXIO when the file lies on a device that is not among those given,
  ///   EPROTO when it is said to lie where no file can, ESTALE when the mount says something else
  ///   afterwards, EROFS for stores through devices opened read-only
  /// @throws IOException what [MountedExtents#read] says
  public FileMapping map(Path file, Access access, Arena arena) throws IOException {
    ExtentList list = lists.read(file);
    List<MappedSpan> spans = new ArrayList<>();
    for (DeviceRange range : list.map().ranges()) {
      check(file, range, device(file, list.device(range)));
    }
    for (DeviceRange span : FileMapping.spans(list.map())) {
      MappedDaxDevice device = device(file, list.device(span)).memory;
      if (access == Access.READ_WRITE && !device.writable()) {
        throw new ErrnoException(
            "map " + file, Errno.EROFS, device.name() + " was opened read-only");
      }
      MemoryMap.Access wanted =
          access == Access.READ_ONLY ? MemoryMap.Access.READ_ONLY : MemoryMap.Access.READ_WRITE;
      MemorySegment memory =
          MemoryMap.map(device.fd(), span.offset(), span.lengthBytes(), wanted, arena);
      spans.add(new MappedSpan(device, span.offset(), memory));
    }
    if (!lists.read(file).equals(list)) {
      throw new ErrnoException(
          "map " + file, Errno.ESTALE, "it is another file now, or lies elsewhere; map it again");
    }
    return FileMapping.of(list, spans);
  }

  private Device device(Path file, UUID uuid) throws ErrnoException {
    Device device = devices.get(uuid);
    if (device == null) {
      throw new ErrnoException(
          "map " + file, Errno.ENXIO, "it lies on the device " + uuid + ", which was not given");
    }
    return device;
  }

  private static void check(Path file, DeviceRange range, Device device) throws ErrnoException {
    if (range.offset() < device.reservedBytes || range.end() > device.memory.sizeBytes()) {
      throw new ErrnoException(
          "map " + file,
          Errno.EPROTO,
          "it is said to have "
              + range.lengthBytes()
              + " bytes at "
              + range.offset()
              + " of "
              + device.memory.name()
              + ", where no file can be");
    }
  }

  /// Closes the devices. What was mapped stays.
  @Override
  public void close() {
    devices.values().forEach(device -> device.memory.close());
    devices.clear();
  }
}
