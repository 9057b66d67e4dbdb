package io.famfs.dax;

import io.famfs.core.MemoryRange;
import io.famfs.os.Fd;
import io.famfs.os.FileExtents;
import io.famfs.os.FileIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The bad memory that Linux lists in sysfs: sectors of 512 bytes in a file `badblocks`, one line
/// `FIRST COUNT` for each run (`block/badblocks.c`, `badblocks_show`).
///
/// | device | list | counted from |
/// |---|---|---|
/// | devdax on NVDIMM | of the region above it (`Documentation/ABI/testing/sysfs-bus-nvdimm`) | start of the region |
/// | devdax on other memory | none | |
/// | file on fsdax | of the disk of its file system | start of the disk |
/// | other files | that of their disk, if it has one | |
final class BadBlocks {
  private static final String LIST = "badblocks";
  private static final int SECTOR_BYTES = 512;
  private static final int MAX_LIST_BYTES = 1 << 20;

  private final Path sysfs;

  /// @param sysfs where sysfs is mounted
  BadBlocks(Path sysfs) {
    this.sysfs = sysfs;
  }

  /// What is listed of an open device, in offsets of that device.
  ///
  /// @param sizeBytes its size; what lies behind is left out
  /// @throws IOException when there is a list and it cannot be read or understood
  List<MemoryRange> of(Fd fd, long sizeBytes) throws IOException {
    FileIdentity identity = fd.identity();
    if (identity.type() == FileIdentity.Type.CHARACTER_DEVICE) {
      long device = identity.special();
      return ofDevDax(FileIdentity.major(device), FileIdentity.minor(device), sizeBytes);
    }
    long device = identity.device();
    List<MemoryRange> onFileSystem =
        ofFileSystem(FileIdentity.major(device), FileIdentity.minor(device));
    return onFileSystem.isEmpty()
        ? List.of()
        : clipped(inFile(onFileSystem, FileExtents.of(fd)), 0, sizeBytes);
  }

  /// What is listed of a devdax device.
  List<MemoryRange> ofDevDax(int major, int minor, long sizeBytes) throws IOException {
    Path device = directory("char", major, minor);
    Path region = device == null ? null : withList(device);
    List<MemoryRange> inRegion = region == null ? List.of() : read(region.resolve(LIST));
    if (device == null || region == null || inRegion.isEmpty()) {
      return List.of();
    }
    long start = number(device.resolve("resource")) - number(region.resolve("resource"));
    return clipped(inRegion, start, sizeBytes);
  }

  /// What is listed of the block device that a file system is on, in offsets of that device.
  List<MemoryRange> ofFileSystem(int major, int minor) throws IOException {
    Path device = directory("block", major, minor);
    if (device == null) {
      return List.of();
    }
    if (!Files.exists(device.resolve("partition"))) {
      Path list = device.resolve(LIST);
      return Files.exists(list) ? read(list) : List.of();
    }
    Path list = device.resolveSibling(LIST);
    if (!Files.exists(list)) {
      return List.of();
    }
    long start = Math.multiplyExact(number(device.resolve("start")), SECTOR_BYTES);
    long size = Math.multiplyExact(number(device.resolve("size")), SECTOR_BYTES);
    return clipped(read(list), start, size);
  }

  /// Turns ranges of a file system's device into ranges of one of its files.
  static List<MemoryRange> inFile(List<MemoryRange> onDevice, List<FileExtents.Extent> extents) {
    List<MemoryRange> found = new ArrayList<>();
    for (FileExtents.Extent extent : extents) {
      for (MemoryRange part : clipped(onDevice, extent.onDevice(), extent.lengthBytes())) {
        found.add(new MemoryRange(extent.inFile() + part.offset(), part.lengthBytes()));
      }
    }
    return found;
  }

  /// The parts of ranges that lie in a window, counted from its start.
  private static List<MemoryRange> clipped(List<MemoryRange> ranges, long start, long lengthBytes) {
    List<MemoryRange> inside = new ArrayList<>();
    for (MemoryRange range : ranges) {
      long from = Math.max(0, range.offset() - start);
      long to = Math.min(lengthBytes, range.end() - start);
      if (from < to) {
        inside.add(new MemoryRange(from, to - from));
      }
    }
    return inside;
  }

  private @Nullable Path directory(String type, int major, int minor) throws IOException {
    Path named = sysfs.resolve("dev").resolve(type).resolve(major + ":" + minor);
    return Files.exists(named) ? named.toRealPath() : null;
  }

  private @Nullable Path withList(Path device) throws IOException {
    Path top = sysfs.toRealPath();
    for (Path at = device; at != null && !at.equals(top); at = at.getParent()) {
      if (Files.exists(at.resolve(LIST))) {
        return at;
      }
    }
    return null;
  }

  /// Reads a list.
  static List<MemoryRange> read(Path list) throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(list)) {
      bytes = in.readNBytes(MAX_LIST_BYTES);
    }
    List<MemoryRange> ranges = new ArrayList<>();
    for (String line : new String(bytes, StandardCharsets.US_ASCII).lines().toList()) {
      String[] words = line.strip().split("\\s+", -1);
      try {
        if (words.length != 2) {
          throw new NumberFormatException();
        }
        long first = Math.multiplyExact(Long.parseUnsignedLong(words[0]), SECTOR_BYTES);
        long bytesLong = Math.multiplyExact(Long.parseUnsignedLong(words[1]), SECTOR_BYTES);
        if (first < 0 || bytesLong <= 0 || first > Long.MAX_VALUE - bytesLong) {
          throw new NumberFormatException();
        }
        ranges.add(new MemoryRange(first, bytesLong));
      } catch (NumberFormatException | ArithmeticException e) {
        throw new IOException(list + ": '" + line + "' is no run of bad sectors", e);
      }
    }
    return ranges;
  }

  private static long number(Path attribute) throws IOException {
    String text = Files.readString(attribute).strip();
    try {
      return Long.decode(text);
    } catch (NumberFormatException e) {
      throw new IOException(attribute + ": '" + text + "' is no number", e);
    }
  }
}
