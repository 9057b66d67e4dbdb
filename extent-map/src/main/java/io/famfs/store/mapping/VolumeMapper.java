package io.famfs.store.mapping;

import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.ExtentList;
import io.famfs.core.extent.Fmap;
import io.famfs.core.mapping.Access;
import io.famfs.core.mapping.FileMapping;
import io.famfs.core.mapping.MappedSpan;
import io.famfs.store.StoreException;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/// Maps files of an open volume for a program in the same process.
///
/// ```java
/// try (Volume volume = Volume.open(List.of(device), OpenOptions.forReading())) {
///   FileMapping file = VolumeMapper.open(volume).map("models/weights", Access.READ_ONLY);
///   long sum = 0;
///   for (long at = 0; at < file.sizeBytes(); ) {
///     MemorySegment run = file.resolve(at);
///     sum += sum(run);
///     at += run.byteSize();
///   }
///   // Or at once, when the file has one extent, or several that follow each other:
///   MemorySegment all = file.contiguous().orElseThrow();
/// }
/// ```
///
/// Nothing is mapped anew: the segments are parts of [DaxDevice#memory()] and live in the arena of
/// the device, until that is closed. The volume may be closed before; a file stays where it is.
public final class VolumeMapper {
  private final Volume volume;

  private VolumeMapper(Volume volume) {
    this.volume = volume;
  }

  /// For files of a volume.
  public static VolumeMapper open(Volume volume) {
    return new VolumeMapper(volume);
  }

  /// Maps a file.
  ///
  /// @param path relative to the root
  /// @throws StoreException ENOENT, EISDIR, EBUSY (it still grows), EIO (one of its devices is
  ///   missing), EROFS (one of them is read-only, and the access is not)
  public FileMapping map(String path, Access access) throws StoreException {
    Inode inode = volume.namespace().find(path);
    return switch (inode) {
      case null -> throw new StoreException(Errno.ENOENT, "'" + path + "' does not exist");
      case FileInode file -> map(file, access);
      default -> throw new StoreException(Errno.EISDIR, "'" + path + "' is a directory");
    };
  }

  /// Maps a file of the volume.
  ///
  /// @throws StoreException as the other one, as far as it can
  public FileMapping map(FileInode file, Access access) throws StoreException {
    String name = "'" + file.path() + "'";
    if (!file.isCommitted()) {
      throw new StoreException(
          Errno.EBUSY, name + " is still being written; map it when it is closed");
    }
    if (!volume.isReachable(file)) {
      throw new StoreException(Errno.EIO, name + " has space on a device that is missing");
    }
    ExtentList list = list(file);
    List<MappedSpan> spans = new ArrayList<>();
    for (DeviceRange span : FileMapping.spans(list.map())) {
      DaxDevice device = volume.device(span.daxdevIndex());
      if (access == Access.READ_WRITE && !device.writable()) {
        throw new StoreException(
            Errno.EROFS, name + " is on " + device.name() + ", which is read-only");
      }
      MemorySegment memory = device.memory().asSlice(span.offset(), span.lengthBytes());
      spans.add(
          new MappedSpan(
              device, span.offset(), access == Access.READ_ONLY ? memory.asReadOnly() : memory));
    }
    return FileMapping.of(list, spans);
  }

  /// Where a file lies, for others to map it. Made anew by every call.
  ///
  /// @throws IllegalArgumentException when the file has no space yet
  public ExtentList list(FileInode file) {
    Fmap map = file.fmap();
    TreeMap<Integer, UUID> devices = new TreeMap<>();
    for (DeviceRange range : map.ranges()) {
      devices.put(range.daxdevIndex(), volume.deviceUuid(range.daxdevIndex()));
    }
    return new ExtentList(file.sizeBytes(), map, devices);
  }
}
