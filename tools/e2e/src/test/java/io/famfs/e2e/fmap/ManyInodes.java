package io.famfs.e2e.fmap;

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
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.Session;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// A process that serves a volume of very many files, written into the log by it and without bytes
/// of their own, to a client that looks up each of them and keeps them all, and opens some. Says
/// how many descriptors it has open before, on the way and at the end.
final class ManyInodes {
  private static final UUID HOST = new UUID(3, 4);
  private static final long UNIT = 2 << 20;
  private static final long LOG_BYTES = 2L << 30;
  private static final int PER_DIRECTORY = 1000;
  private static final int INIT = 26;
  private static final int LOOKUP = 1;
  private static final int OPEN = 14;
  private static final int OPEN_EACH = 100;

  private ManyInodes() {}

  /// Runs in a process of its own.
  ///
  /// @param args how many files
  public static void main(String[] args) throws Exception {
    int files = Integer.parseInt(args[0]);
    long bytes = LOG_BYTES + (files + 16L) * UNIT;
    try (MappedDaxDevice device = DaxDevices.memfd("many", bytes)) {
      write(device, files);
      try (Volume volume = Volume.open(List.of(device), OpenOptions.forHost(HOST));
          Session session =
              new FuseServer(new FamfsFileSystem(volume, FamfsOptions.standard())).open(null)) {
        if (!volume.report().clean()) {
          throw new AssertionError(volume.report().faults());
        }
        lookUpAll(new Wire(session), files);
      }
    }
  }

  private static void write(MappedDaxDevice device, int files) throws IOException {
    Volume.format(List.of(device), FormatOptions.ownedBy(HOST).withLogLength(LOG_BYTES)).close();
    MemorySegment log = device.memory();
    LogHeader old = LogHeaderCodec.decode(log, LogHeaderLayout.MEDIA_OFFSET);
    long index = old.nextIndex();
    for (int i = 0; i < files; i++) {
      if (i % PER_DIRECTORY == 0) {
        MediaText path = MediaText.of("d" + i / PER_DIRECTORY);
        put(log, index, new LogEntry.MkdirEntry(index, 0, path, 0, 0, 0755));
        index++;
      }
      put(log, index, file(i, index));
      index++;
    }
    LogHeaderCodec.encode(
        new LogHeader(old.magic(), old.lengthBytes(), old.lastIndex(), old.crc(), index, index),
        log,
        LogHeaderLayout.MEDIA_OFFSET);
  }

  private static LogEntry file(int i, long index) {
    DeviceRange range = new DeviceRange(0, LOG_BYTES + (8L + i) * UNIT, UNIT);
    return new LogEntry.FileEntry(
        index,
        0,
        MediaText.of(name(i)),
        UNIT,
        LogEntryLayout.FLAGS_ALL_HOSTS_READ_WRITE,
        0,
        0,
        0644,
        new Fmap.Simple(List.of(range)));
  }

  private static String name(int i) {
    return "d" + i / PER_DIRECTORY + "/f" + i;
  }

  private static void put(MemorySegment log, long index, LogEntry entry) {
    long at = LogHeaderLayout.entryMediaOffset(index);
    LogEntryCodec.encode(entry, log, at);
    LogEntryCodec.seal(log, at);
  }

  private static void lookUpAll(Wire wire, int files) throws Exception {
    ByteBuffer init = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    wire.call(INIT, 0, init.putInt(7).putInt(45).putInt(131_072).array(), 64);
    long directory = 1;
    report(0);
    for (int i = 0; i < files; i++) {
      if (i % PER_DIRECTORY == 0) {
        directory = nodeid(wire, 1, "d" + i / PER_DIRECTORY);
      }
      long nodeid = nodeid(wire, directory, "f" + i);
      if (i % OPEN_EACH == 0) {
        wire.call(OPEN, nodeid, Wire.words(0, 0), 16);
      }
      if (i + 1 == files / 2 || i + 1 == files) {
        report(i + 1);
      }
    }
  }

  private static long nodeid(Wire wire, long parent, String name) throws Refused {
    byte[] entry = wire.call(LOOKUP, parent, Wire.name(name), 128);
    return ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
  }

  private static void report(int lookedUp) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      System.out.println(lookedUp + " " + open.count());
    }
  }
}
