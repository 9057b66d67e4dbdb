package io.famfs.bench;

import io.famfs.core.DaxDevice;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaText;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.store.FormatOptions;
import io.famfs.store.Volume;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/// A volume with a long log, written entry by entry without the store: directories of
/// [#FILES_PER_DIRECTORY] files of one allocation unit, paths of 40 to 79 bytes.
final class SyntheticVolume {
  static final int FILES_PER_DIRECTORY = 200;

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long UNIT = 2L << 20;
  private static final UUID HOST = new UUID(0x4a6b_0000_0000_4000L, 0x8000_0000_0000_0001L);

  private final long entries;
  private final boolean scattered;

  /// A volume with a number of entries.
  ///
  /// @param scattered whether files that follow each other in the log lie in different directories
  SyntheticVolume(long entries, boolean scattered) {
    this.entries = entries;
    this.scattered = scattered;
  }

  /// A name for a file that does not exist, in memory where the host has a place for it.
  static Path freeName() {
    Path memory = Path.of("/dev/shm");
    Path folder = Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    return folder.resolve("famfs-bench-" + UUID.randomUUID());
  }

  /// Makes the volume in a sparse file that does not exist yet, on tmpfs best.
  MappedDaxDevice create(Path file) throws IOException {
    long logBytes = LogHeaderLayout.MIN_LOG_BYTES;
    while (LogHeaderLayout.lastIndex(logBytes) + 1 < entries) {
      logBytes *= 2;
    }
    long dataAt = LogHeaderLayout.MEDIA_OFFSET + logBytes;
    MappedDaxDevice device = DaxDevices.createFile(file, dataAt + entries * UNIT);
    FormatOptions options = new FormatOptions(HOST, logBytes, false);
    Volume.format(List.of(device), options).close();
    write(device, dataAt);
    return device;
  }

  private void write(DaxDevice device, long dataAt) {
    MemorySegment entry = MemorySegment.ofArray(new byte[LogEntryLayout.BYTES]);
    for (long index = 0; index < entries; index++) {
      LogEntryCodec.encode(entry(index, dataAt), entry, 0);
      LogEntryCodec.seal(entry, 0);
      MemorySegment.copy(
          entry, 0, device.memory(), LogHeaderLayout.entryMediaOffset(index), LogEntryLayout.BYTES);
    }
    long header = LogHeaderLayout.MEDIA_OFFSET;
    device.memory().set(LONG, header + LogHeaderLayout.NEXT_SEQNUM_AT, entries);
    device.memory().set(LONG, header + LogHeaderLayout.NEXT_INDEX_AT, entries);
  }

  private LogEntry entry(long index, long dataAt) {
    long directories = directories();
    if (index < directories) {
      return new LogEntry.MkdirEntry(index, 0, MediaText.of(directory(index)), 0, 0, 0755);
    }
    long file = index - directories;
    Fmap fmap = new Fmap.Simple(List.of(new DeviceRange(0, dataAt + file * UNIT, UNIT)));
    return new LogEntry.FileEntry(
        index, 0, MediaText.of(path(file)), UNIT - file % 4096, 2, 1000, 1000, 0644, fmap);
  }

  long directories() {
    return 1 + entries / (FILES_PER_DIRECTORY + 1);
  }

  long files() {
    return entries - directories();
  }

  /// The path of a file.
  String path(long file) {
    long below = directories() - 1;
    long directory = scattered ? file % below : Math.min(file / FILES_PER_DIRECTORY, below - 1);
    return directory(1 + directory)
        + "/"
        + String.format("part-%08d", file)
        + "-0123456789abcdef0123456789abcdef".substring(0, (int) (file * 7 % 34))
        + ".bin";
  }

  private static String directory(long directory) {
    return directory == 0 ? "dataset-of-long" : "dataset-of-long/shard" + (100_000 + directory);
  }
}
