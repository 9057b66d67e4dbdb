package io.famfs.fuse.famfs;

import io.famfs.core.ByteSize;
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
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/// A volume with a few files of every kind of map, whose log is written here so that the maps are
/// known.
///
/// ```text
/// hello          5 bytes, mode 0640, owner 1000:2000
/// dir/nested     4096 bytes
/// simple         three extents, out of order on the device, 5 MiB + 123
/// striped        three strips, chunks of 2 MiB, 11 MiB + 17
/// ```
public final class TestVolume implements AutoCloseable {
  public static final long DEVICE_BYTES = 64 * ByteSize.MIB;
  public static final long SIMPLE_BYTES = 5 * ByteSize.MIB + 123;
  public static final long STRIPED_BYTES = 11 * ByteSize.MIB + 17;

  /// Divides every chunk and extent, so that a block is contiguous.
  public static final int BLOCK_BYTES = 1 << 20;

  private static final int MOVED_MIB = 50;

  public static final int HELLO_UID = 1000;
  public static final int HELLO_GID = 2000;

  private final DaxDevice device;
  private final Volume volume;

  private TestVolume(DaxDevice device, Volume volume) {
    this.device = device;
    this.volume = volume;
  }

  /// In memory that is gone with the test.
  public static TestVolume inMemory() throws IOException {
    return on(DaxDevices.memfd("fuse-test", DEVICE_BYTES));
  }

  /// The same with other permissions of `hello`.
  public static TestVolume inMemory(int helloMode) throws IOException {
    return on(DaxDevices.memfd("fuse-test", DEVICE_BYTES), helloMode);
  }

  /// On a device of [#DEVICE_BYTES] zeros, which is closed with the volume.
  public static TestVolume on(DaxDevice device) throws IOException {
    return on(device, 0640);
  }

  private static TestVolume on(DaxDevice device, int helloMode) throws IOException {
    UUID host = new UUID(1, 2);
    Volume.format(List.of(device), FormatOptions.ownedBy(host)).close();
    append(
        device,
        file("hello", 5, HELLO_UID, HELLO_GID, helloMode, simple(10)),
        new LogEntry.MkdirEntry(0, 0, MediaText.of("dir"), 0, 0, 0755),
        file("dir/nested", 4096, 0, 0, 0644, simple(12)),
        file("simple", SIMPLE_BYTES, 0, 0, 0644, simple(18, 14, 16)),
        file("striped", STRIPED_BYTES, 0, 0, 0644, striped(20, 30, 24)));
    TestVolume test =
        new TestVolume(device, Volume.open(List.of(device), OpenOptions.forHost(host)));
    test.write("hello", "hello".getBytes(StandardCharsets.US_ASCII));
    return test;
  }

  /// A copy of the device, on which the first range of a file of simple extents lies elsewhere.
  public TestVolume restoredWithMoved(String path) throws IOException {
    DaxDevice copy = DaxDevices.memfd("restored", DEVICE_BYTES);
    MemorySegment.copy(device.memory(), 0, copy.memory(), 0, DEVICE_BYTES);
    FileInode old = file(path);
    List<DeviceRange> ranges = new ArrayList<>(old.fmap().ranges());
    ranges.set(0, range(MOVED_MIB, 2));
    long at = LogHeaderLayout.entryMediaOffset(old.logIndex());
    LogEntry moved =
        file(path, old.sizeBytes(), old.uid(), old.gid(), old.mode(), new Fmap.Simple(ranges));
    LogEntryCodec.encode(numbered(moved, old.logIndex()), copy.memory(), at);
    LogEntryCodec.seal(copy.memory(), at);
    return new TestVolume(copy, Volume.open(List.of(copy), OpenOptions.forHost(new UUID(1, 2))));
  }

  public Volume volume() {
    return volume;
  }

  public DaxDevice device() {
    return device;
  }

  /// The file or directory at a path.
  public Inode inode(String path) {
    return Objects.requireNonNull(volume.namespace().find(path), path);
  }

  public FileInode file(String path) {
    return (FileInode) inode(path);
  }

  public long nodeid(String path) {
    return inode(path).nodeid();
  }

  /// Stores data at the start of a file's first range.
  public void write(String path, byte[] data) {
    long at = file(path).fmap().ranges().getFirst().offset();
    MemorySegment.copy(MemorySegment.ofArray(data), 0, device.memory(), at, data.length);
  }

  /// A byte of a file, found by the map as the format defines it and not by the store.
  public byte byteAt(String path, long fileOffset) {
    return device.memory().get(ValueLayout.JAVA_BYTE, deviceOffset(path, fileOffset));
  }

  /// All bytes of a file, found in the same way.
  public byte[] contents(String path) {
    byte[] contents = new byte[(int) file(path).sizeBytes()];
    for (int at = 0; at < contents.length; at += BLOCK_BYTES) {
      int length = Math.min(BLOCK_BYTES, contents.length - at);
      MemorySegment target = MemorySegment.ofArray(contents);
      MemorySegment.copy(device.memory(), deviceOffset(path, at), target, at, length);
    }
    return contents;
  }

  /// Where a byte of a file is, by the definition of the format.
  public long deviceOffset(String path, long fileOffset) {
    long rest = fileOffset;
    if (file(path).fmap() instanceof Fmap.Interleaved map) {
      int strips = map.ranges().size();
      long chunk = fileOffset / map.chunkBytes();
      DeviceRange strip = map.ranges().get((int) (chunk % strips));
      return strip.offset() + chunk / strips * map.chunkBytes() + fileOffset % map.chunkBytes();
    }
    for (DeviceRange range : file(path).fmap().ranges()) {
      if (rest < range.lengthBytes()) {
        return range.offset() + rest;
      }
      rest -= range.lengthBytes();
    }
    throw new IndexOutOfBoundsException(fileOffset);
  }

  @Override
  public void close() {
    volume.close();
    device.close();
  }

  private static Fmap simple(int... startsMib) {
    return new Fmap.Simple(Arrays.stream(startsMib).mapToObj(start -> range(start, 2)).toList());
  }

  private static Fmap striped(int... startsMib) {
    return new Fmap.Interleaved(
        2 * ByteSize.MIB, Arrays.stream(startsMib).mapToObj(start -> range(start, 4)).toList());
  }

  private static DeviceRange range(int startMib, int lengthMib) {
    return new DeviceRange(0, startMib * ByteSize.MIB, lengthMib * ByteSize.MIB);
  }

  private static LogEntry file(String path, long size, int uid, int gid, int mode, Fmap fmap) {
    return new LogEntry.FileEntry(
        0,
        0,
        MediaText.of(path),
        size,
        LogEntryLayout.FLAGS_ALL_HOSTS_READ_WRITE,
        uid,
        gid,
        mode,
        fmap);
  }

  private static void append(DaxDevice device, LogEntry... entries) {
    MemorySegment memory = device.memory();
    for (int i = 0; i < entries.length; i++) {
      long at = LogHeaderLayout.entryMediaOffset(i);
      LogEntryCodec.encode(numbered(entries[i], i), memory, at);
      LogEntryCodec.seal(memory, at);
    }
    LogHeader old = LogHeaderCodec.decode(memory, LogHeaderLayout.MEDIA_OFFSET);
    LogHeaderCodec.encode(
        new LogHeader(
            old.magic(),
            old.lengthBytes(),
            old.lastIndex(),
            old.crc(),
            entries.length,
            entries.length),
        memory,
        LogHeaderLayout.MEDIA_OFFSET);
  }

  private static LogEntry numbered(LogEntry entry, long seqnum) {
    return switch (entry) {
      case LogEntry.FileEntry f ->
          new LogEntry.FileEntry(
              seqnum, 0, f.path(), f.sizeBytes(), f.flags(), f.uid(), f.gid(), f.mode(), f.fmap());
      case LogEntry.MkdirEntry d ->
          new LogEntry.MkdirEntry(seqnum, 0, d.path(), d.uid(), d.gid(), d.mode());
      case LogEntry.AddDaxdevEntry other -> other;
      case LogEntry.UnknownEntry other -> other;
    };
  }
}
