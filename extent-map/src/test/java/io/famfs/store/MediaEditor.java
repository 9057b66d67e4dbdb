package io.famfs.store;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeaderCodec;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaText;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.core.format.SuperblockLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/// Writes what the store itself would refuse to write.
final class MediaEditor {
  static final long UNIT = 2L << 20;

  /// Start of file data below the shortest log.
  static final long DATA = 10L << 20;

  static final UUID OWNER = UUID.fromString("59c2fdce-7db2-415f-bbfa-54ddb84d8138");

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final TestDevice device;

  MediaEditor(TestDevice device) {
    this.device = device;
  }

  /// A fresh volume on a device of this many MiB, opened by nobody.
  static MediaEditor fresh(int megabytes) throws Exception {
    TestDevice device = TestDevice.ofMegabytes(megabytes);
    Volume.format(List.of(device), FormatOptions.ownedBy(OWNER)).close();
    return new MediaEditor(device);
  }

  TestDevice device() {
    return device;
  }

  MemorySegment memory() {
    return device.memory();
  }

  Volume open() throws Exception {
    return Volume.open(List.of(device), OpenOptions.forHost(OWNER));
  }

  long nextIndex() {
    return memory().get(LONG, LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.NEXT_INDEX_AT);
  }

  void setNextIndex(long next) {
    memory().set(LONG, LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.NEXT_SEQNUM_AT, next);
    memory().set(LONG, LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.NEXT_INDEX_AT, next);
  }

  MemorySegment entry(long index) {
    return memory().asSlice(LogHeaderLayout.entryMediaOffset(index), LogEntryLayout.BYTES);
  }

  /// Appends an entry with the right sequence number and checksum, whatever it says.
  MediaEditor append(LogEntry entry) {
    return append(entry, _ -> {});
  }

  /// Appends an entry that is changed before its checksum is computed.
  MediaEditor append(LogEntry entry, Consumer<MemorySegment> change) {
    long index = nextIndex();
    LogEntryCodec.encode(entry, entry(index), 0);
    entry(index).set(LONG, 0, index);
    change.accept(entry(index));
    LogEntryCodec.seal(entry(index), 0);
    setNextIndex(index + 1);
    return this;
  }

  void sealSuperblock() {
    SuperblockCodec.seal(memory().asSlice(0, SuperblockLayout.BYTES), 0);
  }

  void sealLogHeader() {
    LogHeaderCodec.seal(memory(), LogHeaderLayout.MEDIA_OFFSET);
  }

  static LogEntry file(String path, long sizeBytes, DeviceRange... ranges) {
    return file(path, sizeBytes, new Fmap.Simple(List.of(ranges)));
  }

  static LogEntry file(String path, long sizeBytes, Fmap fmap) {
    return new LogEntry.FileEntry(0, 0, MediaText.of(path), sizeBytes, 2, 1000, 1000, 0644, fmap);
  }

  static LogEntry mkdir(String path) {
    return new LogEntry.MkdirEntry(0, 0, MediaText.of(path), 0, 0, 0755);
  }

  /// Units counted from the start of file data.
  static DeviceRange units(long first, long count) {
    return new DeviceRange(0, DATA + first * UNIT, count * UNIT);
  }
}
