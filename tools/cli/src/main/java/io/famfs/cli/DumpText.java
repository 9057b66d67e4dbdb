package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntry.AddDaxdevEntry;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntry.MkdirEntry;
import io.famfs.core.format.LogEntry.UnknownEntry;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeader;
import io.famfs.core.format.LogHeaderCodec;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaDump;
import io.famfs.core.format.MediaFields;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.core.format.SuperblockLayout;
import java.io.PrintWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;

/// Superblock, log header and entries for people: a line for each entry.
final class DumpText {
  private final MemorySegment media;
  private final PrintWriter out;
  private final boolean hex;

  /// A text of a device that is long enough for superblock and log header.
  ///
  /// @param hex whether every byte is printed
  DumpText(MemorySegment media, PrintWriter out, boolean hex) {
    this.media = media;
    this.out = out;
    this.hex = hex;
  }

  void print(MediaDump.Parts parts) {
    if (parts.superblock()) {
      superblock();
    }
    if (parts.logHeader()) {
      logHeader();
    }
    long count = MediaDump.entryCount(media, parts.unused());
    for (long i = parts.firstEntry(); i < count && i <= parts.lastEntry(); i++) {
      entry(i);
    }
  }

  private void superblock() {
    MemorySegment copy = copy(0, SuperblockLayout.BYTES);
    if (hex) {
      out.print(HexText.of(0, copy, MediaFields.superblock(copy)));
      return;
    }
    Superblock superblock = SuperblockCodec.decode(copy, 0);
    String crc = crc(superblock.crc(), SuperblockCodec.computeCrc(copy, 0));
    field("superblock", "version " + superblock.version() + ", crc " + crc);
    field("fs uuid", superblock.fsUuid().toString());
    field("dev uuid", superblock.deviceUuid().toString());
    field("system uuid", superblock.systemUuid() + " (the host that creates)");
    field(
        "device",
        Inodes.printable(superblock.deviceName().toString())
            + ", "
            + ByteSize.human(superblock.deviceSizeBytes())
            + " ("
            + Long.toUnsignedString(superblock.deviceSizeBytes())
            + " bytes)");
    field("unit", ByteSize.human(superblock.allocUnitBytes()));
  }

  private void logHeader() {
    MemorySegment copy = copy(LogHeaderLayout.MEDIA_OFFSET, LogHeaderLayout.BYTES);
    if (hex) {
      out.print(HexText.of(LogHeaderLayout.MEDIA_OFFSET, copy, MediaFields.logHeader(copy)));
      return;
    }
    LogHeader header = LogHeaderCodec.decode(copy, 0);
    if (header.magic() != LogHeaderLayout.MAGIC) {
      field("log", "none: magic 0x" + Long.toHexString(header.magic()));
      return;
    }
    field(
        "log",
        String.format(
            Locale.ROOT,
            "at 0x%x, %s, crc %s, next index %s of %s, next seqnum %s",
            LogHeaderLayout.MEDIA_OFFSET,
            ByteSize.human(header.lengthBytes()),
            crc(header.crc(), LogHeaderCodec.computeCrc(copy, 0)),
            Long.toUnsignedString(header.nextIndex()),
            Long.toUnsignedString(header.lastIndex() + 1),
            Long.toUnsignedString(header.nextSeqnum())));
  }

  private void entry(long index) {
    long at = LogHeaderLayout.entryMediaOffset(index);
    MemorySegment copy = copy(at, LogEntryLayout.BYTES);
    if (hex) {
      out.println("entry " + index);
      out.print(HexText.of(at, copy, MediaFields.entry(copy)));
      return;
    }
    LogEntry entry = LogEntryCodec.decode(copy, 0, at).value();
    String what =
        switch (entry) {
          case FileEntry file ->
              String.format(
                  Locale.ROOT,
                  "file  %s %s  %s bytes at %s",
                  owner(file.mode(), file.uid(), file.gid()),
                  Inodes.printable(file.path().toString()),
                  Long.toUnsignedString(file.sizeBytes()),
                  map(file.fmap()));
          case MkdirEntry mkdir ->
              String.format(
                  Locale.ROOT,
                  "mkdir %s %s",
                  owner(mkdir.mode(), mkdir.uid(), mkdir.gid()),
                  Inodes.printable(mkdir.path().toString()));
          case AddDaxdevEntry device ->
              "device " + device.daxdevIndex() + " " + device.uuid() + ", " + device.sizeBytes();
          case UnknownEntry unknown -> "unknown type " + Integer.toUnsignedString(unknown.type());
        };
    boolean sound = entry.crc() == LogEntryCodec.computeCrc(copy, 0) && entry.seqnum() == index;
    String damage = "  DAMAGED (seqnum " + Long.toUnsignedString(entry.seqnum()) + ")";
    field(Long.toString(index), sound ? what : what + damage);
  }

  private static String map(Fmap fmap) {
    StringBuilder text = new StringBuilder();
    for (DeviceRange range : fmap.ranges()) {
      text.append(text.isEmpty() ? "" : ", ")
          .append(range.daxdevIndex())
          .append(":0x")
          .append(Long.toHexString(range.offset()))
          .append("+0x")
          .append(Long.toHexString(range.lengthBytes()));
    }
    if (fmap instanceof Fmap.Interleaved interleaved) {
      text.append(" in chunks of ").append(ByteSize.human(interleaved.chunkBytes()));
    }
    return text.toString();
  }

  private static String owner(int mode, int uid, int gid) {
    return Inodes.octal(mode)
        + " "
        + Integer.toUnsignedString(uid)
        + ":"
        + Integer.toUnsignedString(gid);
  }

  private static String crc(long stored, long computed) {
    return stored == computed
        ? String.format(Locale.ROOT, "0x%x ok", stored)
        : String.format(Locale.ROOT, "0x%x WRONG (computed 0x%x)", stored, computed);
  }

  private void field(String name, String text) {
    out.printf(Locale.ROOT, "%-11s %s%n", name, text);
  }

  private MemorySegment copy(long offset, int lengthBytes) {
    byte[] bytes = new byte[lengthBytes];
    MemorySegment.copy(media, ValueLayout.JAVA_BYTE, offset, bytes, 0, lengthBytes);
    return MemorySegment.ofArray(bytes);
  }
}
