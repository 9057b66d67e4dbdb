package io.famfs.core.format;

import static io.famfs.core.format.LittleEndian.INT;
import static io.famfs.core.format.LittleEndian.LONG;

import io.famfs.core.UuidCodec;
import io.famfs.core.extent.Fmap;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The fields of a structure on the media, in order and without gaps, each with its value as it
/// stands there: for showing bytes with what they mean. Every content has fields.
public final class MediaFields {
  private final MemorySegment bytes;
  private final List<Field> fields = new ArrayList<>();
  private int at;

  /// A run of bytes with one meaning.
  ///
  /// @param at offset of its first byte in the structure
  /// @param lengthBytes number of bytes
  /// @param text name and value; the value may hold control characters of the media
  public record Field(int at, int lengthBytes, String text) {}

  private MediaFields(MemorySegment bytes) {
    this.bytes = bytes;
  }

  /// The fields of a superblock.
  ///
  /// @param bytes starts with the [SuperblockLayout#BYTES] bytes
  public static List<Field> superblock(MemorySegment bytes) {
    return new MediaFields(bytes)
        .hex("magic")
        .number64("version")
        .hex("log offset")
        .number64("log length")
        .number64("allocation unit")
        .number32("OMF major")
        .number32("OMF minor")
        .uuid("file-system uuid")
        .uuid("device uuid")
        .uuid("system uuid")
        .crc(SuperblockCodec.computeCrc(bytes, 0))
        .number32("flags")
        .rest(SuperblockLayout.DEVICE_SIZE_AT)
        .number64("device size")
        .uuid("device uuid 2")
        .text("device name", SuperblockLayout.DEVICE_NAME_BYTES)
        .fields;
  }

  /// The fields of a log header.
  ///
  /// @param bytes starts with the [LogHeaderLayout#BYTES] bytes
  public static List<Field> logHeader(MemorySegment bytes) {
    return new MediaFields(bytes)
        .hex("magic")
        .number64("log length")
        .number64("last index")
        .crc(LogHeaderCodec.computeCrc(bytes, 0))
        .number64("next seqnum")
        .number64("next index")
        .fields;
  }

  /// The fields of a log entry.
  ///
  /// @param bytes starts with the [LogEntryLayout#BYTES] bytes
  public static List<Field> entry(MemorySegment bytes) {
    MediaFields entry = new MediaFields(bytes).number64("seqnum").type().rest(16);
    switch (bytes.get(INT, LogEntryLayout.TYPE_AT)) {
      case LogEntryLayout.TYPE_FILE -> entry.file();
      case LogEntryLayout.TYPE_MKDIR ->
          entry
              .number32("uid")
              .number32("gid")
              .mode()
              .text("path", LogEntryLayout.PATH_FIELD_BYTES);
      case LogEntryLayout.TYPE_ADD_DAXDEV ->
          entry.number64("device size").uuid("device uuid").number32("daxdev index");
      default -> {
        // What the payload is, nobody knows.
      }
    }
    return entry.rest(LogEntryLayout.CRC_AT).crc(LogEntryCodec.computeCrc(bytes, 0)).fields;
  }

  private void file() {
    number64("size").number32("flags").number32("uid").number32("gid").mode();
    text("path", LogEntryLayout.PATH_FIELD_BYTES);
    int kind = bytes.get(INT, at);
    field(Integer.BYTES, "map kind " + kindName(kind)).rest(LogEntryLayout.MAP_COUNT_AT);
    long count = Integer.toUnsignedLong(bytes.get(INT, at));
    number32("number of extents").rest(LogEntryLayout.EXTENTS_AT);
    if (kind == LogEntryLayout.MAP_SIMPLE) {
      ranges("extent", count);
    } else if (kind == LogEntryLayout.MAP_INTERLEAVED) {
      long strips = bytes.get(LONG, at);
      number64("number of strips").number64("chunk size");
      ranges("strip", strips);
    }
  }

  private static String kindName(int kind) {
    return switch (kind) {
      case LogEntryLayout.MAP_SIMPLE -> "0 (simple)";
      case LogEntryLayout.MAP_INTERLEAVED -> "1 (interleaved)";
      default -> Integer.toUnsignedString(kind) + " (unknown)";
    };
  }

  /// As many ranges as were counted, at most those that have room.
  private void ranges(String name, long counted) {
    long count = counted < 0 || counted > Fmap.MAX_RANGES ? Fmap.MAX_RANGES : counted;
    for (int i = 0; i < count; i++) {
      String which = name + " " + i;
      number64(which + " device").hex(which + " offset").hex(which + " length");
    }
  }

  private MediaFields type() {
    int type = bytes.get(INT, at);
    String name =
        switch (type) {
          case LogEntryLayout.TYPE_FILE -> " (file)";
          case LogEntryLayout.TYPE_MKDIR -> " (mkdir)";
          case LogEntryLayout.TYPE_ADD_DAXDEV -> " (add daxdev)";
          default -> " (unknown)";
        };
    return field(Integer.BYTES, "type " + Integer.toUnsignedString(type) + name);
  }

  private MediaFields mode() {
    return field(Integer.BYTES, "mode 0" + Integer.toOctalString(bytes.get(INT, at)));
  }

  private MediaFields number32(String name) {
    return field(Integer.BYTES, name + " " + Integer.toUnsignedString(bytes.get(INT, at)));
  }

  private MediaFields number64(String name) {
    return field(Long.BYTES, name + " " + Long.toUnsignedString(bytes.get(LONG, at)));
  }

  private MediaFields hex(String name) {
    return field(Long.BYTES, name + " 0x" + Long.toHexString(bytes.get(LONG, at)));
  }

  private MediaFields uuid(String name) {
    return field(2 * Long.BYTES, name + " " + UuidCodec.read(bytes, at));
  }

  private MediaFields text(String name, int lengthBytes) {
    return field(lengthBytes, name + " '" + MediaText.read(bytes, at, lengthBytes) + "'");
  }

  private MediaFields crc(long computed) {
    long stored = bytes.get(LONG, at);
    String verdict =
        stored == computed ? " ok" : " WRONG: computed 0x" + Long.toHexString(computed);
    return field(Long.BYTES, "crc 0x" + Long.toHexString(stored) + verdict);
  }

  /// Everything up to an offset that no field has: padding and unused payload.
  private MediaFields rest(int end) {
    if (at == end) {
      return this;
    }
    boolean zero =
        bytes.asSlice(at, end - at).mismatch(MemorySegment.ofArray(new byte[end - at])) < 0;
    return field(end - at, zero ? "unused, zero" : "unused, NOT zero");
  }

  private MediaFields field(int lengthBytes, String text) {
    fields.add(new Field(at, lengthBytes, text));
    at += lengthBytes;
    return this;
  }
}
