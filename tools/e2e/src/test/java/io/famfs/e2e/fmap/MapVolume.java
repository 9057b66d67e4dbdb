package io.famfs.e2e.fmap;

import io.famfs.core.DaxDevice;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeader;
import io.famfs.core.format.LogHeaderCodec;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaText;
import io.famfs.dax.DaxDevices;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A volume whose maps are made up by a test and written into the log by it, and whose files are
/// filled by what the format says of a map: neither the allocator nor the resolver of the store has
/// a part in it.
final class MapVolume implements AutoCloseable {
  private static final UUID HOST = new UUID(1, 2);
  private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

  private final List<DaxDevice> devices = new ArrayList<>();
  private final Map<String, Planned> files = new HashMap<>();
  final Volume volume;

  /// A file.
  record Planned(String path, long bytes, Fmap map) {}

  /// @param deviceBytes sizes of the devices, the primary one first
  MapVolume(List<Long> deviceBytes, List<Planned> planned) throws IOException {
    for (long bytes : deviceBytes) {
      devices.add(DaxDevices.memfd("map" + devices.size(), bytes));
    }
    Volume.format(devices, FormatOptions.ownedBy(HOST)).close();
    MemorySegment log = devices.getFirst().memory();
    LogHeader old = LogHeaderCodec.decode(log, LogHeaderLayout.MEDIA_OFFSET);
    long index = old.nextIndex();
    for (Planned file : planned) {
      files.put(file.path, file);
      long at = LogHeaderLayout.entryMediaOffset(index);
      LogEntryCodec.encode(entry(file, index), log, at);
      LogEntryCodec.seal(log, at);
      index++;
      for (long offset : samples(file)) {
        store(file, offset);
      }
    }
    LogHeaderCodec.encode(
        new LogHeader(old.magic(), old.lengthBytes(), old.lastIndex(), old.crc(), index, index),
        log,
        LogHeaderLayout.MEDIA_OFFSET);
    volume = Volume.open(devices, OpenOptions.forHost(HOST));
    if (!volume.report().clean()) {
      throw new AssertionError(volume.report().faults());
    }
  }

  private static LogEntry entry(Planned file, long index) {
    return new LogEntry.FileEntry(
        index,
        0,
        MediaText.of(file.path),
        file.bytes,
        LogEntryLayout.FLAGS_ALL_HOSTS_READ_WRITE,
        0,
        0,
        0644,
        file.map);
  }

  /// The memory of each device, by the path under which its clients know it.
  Map<String, MemorySegment> nodes() {
    Map<String, MemorySegment> nodes = new HashMap<>();
    for (int i = 0; i < devices.size(); i++) {
      nodes.put(path(i), devices.get(i).memory());
    }
    return nodes;
  }

  /// The paths by index.
  List<String> paths() {
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      paths.add(path(i));
    }
    return paths;
  }

  private static String path(int index) {
    return "/dev/dax" + index + ".0";
  }

  Planned file(String path) {
    return java.util.Objects.requireNonNull(files.get(path), path);
  }

  /// Offsets of words that are known: the ends of the file and of everything that is contiguous in
  /// it, as many of them as a test has time for.
  static List<Long> samples(Planned file) {
    List<Long> samples = new ArrayList<>();
    long step = Math.max(1 << 20, (file.bytes / 200) & -(1L << 20));
    for (long at = 0; at + Long.BYTES <= file.bytes; at += step) {
      samples.add(at);
      if (at >= Long.BYTES) {
        samples.add(at - Long.BYTES);
      }
    }
    if (file.bytes >= Long.BYTES) {
      samples.add((file.bytes - Long.BYTES) & -Long.BYTES);
    }
    return samples;
  }

  /// What stands at a multiple of 8 of a file.
  static long word(Planned file, long offset) {
    return ((offset + 1) * 0x9E37_79B9_7F4A_7C15L) ^ file.path.hashCode();
  }

  private void store(Planned file, long offset) {
    List<DeviceRange> ranges = file.map.ranges();
    if (file.map instanceof Fmap.Interleaved map) {
      long chunk = offset / map.chunkBytes();
      DeviceRange strip = ranges.get((int) (chunk % ranges.size()));
      long row = chunk / ranges.size();
      long at = strip.offset() + row * map.chunkBytes() + offset % map.chunkBytes();
      devices.get(strip.daxdevIndex()).memory().set(WORD, at, word(file, offset));
      return;
    }
    long rest = offset;
    for (DeviceRange range : ranges) {
      if (rest < range.lengthBytes()) {
        MemorySegment memory = devices.get(range.daxdevIndex()).memory();
        memory.set(WORD, range.offset() + rest, word(file, offset));
        return;
      }
      rest -= range.lengthBytes();
    }
    throw new AssertionError("no byte " + offset + " in " + file);
  }

  @Override
  public void close() {
    volume.close();
    devices.forEach(DaxDevice::close);
  }
}
