package io.famfs.store.judge;

import io.famfs.store.judge.Verdict.Device;
import io.famfs.store.judge.Verdict.Extent;
import io.famfs.store.judge.Verdict.Node;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// Judges the metadata of a volume by the rules of the format document.
public final class FormatChecker {
  private static final long MIB = 1 << 20;

  // Document, section 1 and 2.
  private static final int SUPERBLOCK_AREA = (int) (2 * MIB);
  private static final long MAGIC = 0x87b282ffL;
  private static final int SB_VERSION = 8;
  private static final int SB_LOG_OFFSET = 16;
  private static final int SB_LOG_LEN = 24;
  private static final int SB_ALLOC_UNIT = 32;
  private static final int SB_OMF_MAJOR = 40;
  private static final int SB_OMF_MINOR = 44;
  private static final int SB_DEV_UUID = 64;
  private static final int SB_CRC = 96;
  private static final int SB_DD_SIZE = 112;

  // Section 3.
  private static final int LOG = SUPERBLOCK_AREA;
  private static final long LOG_MAGIC = 0xbadcafef00dL;
  private static final int HEADER = 48;
  private static final int ENTRY = 544;
  private static final int ENTRY_CRC = 536;
  private static final int TYPE_FILE = 0;
  private static final int TYPE_MKDIR = 1;
  private static final int TYPE_ADD_DAXDEV = 3;
  private static final int PATH_FIELD = 80;
  private static final int MOST_EXTENTS = 16;
  private static final int MOST_DEVICES = 64;

  private final ByteBuffer media;
  private final long deviceSize;
  private final Verdict verdict = new Verdict();
  private final Map<String, Boolean> directories = new HashMap<>();
  private final SpaceBook space = new SpaceBook();
  private long unit;
  private long logEnd;

  private FormatChecker(ByteBuffer media, long deviceSize) {
    this.media = media.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    this.deviceSize = deviceSize;
  }

  /// Judges an image.
  ///
  /// @param media the primary device from its first byte to the end of the log at least, or all of
  ///   it if it is shorter
  /// @param deviceSize size of the primary device
  public static Verdict judge(ByteBuffer media, long deviceSize) {
    FormatChecker checker = new FormatChecker(media, deviceSize);
    if (checker.superblock() && checker.logHeader()) {
      checker.entries();
    }
    return checker.verdict;
  }

  private boolean volume(boolean right, String what) {
    if (!right) {
      verdict.violation(Verdict.VOLUME, what);
    }
    return right;
  }

  private boolean superblock() {
    if (!volume(deviceSize >= SUPERBLOCK_AREA + 8 * MIB, "no room for a volume")
        || !volume(media.getLong(0) == MAGIC, "superblock: magic")) {
      return false;
    }
    long version = media.getLong(SB_VERSION);
    unit = media.getLong(SB_ALLOC_UNIT);
    long logLength = media.getLong(SB_LOG_LEN);
    long volumeSize = media.getLong(SB_DD_SIZE);
    boolean right =
        volume(version == 48 || version == 47, "superblock: version " + version)
            && volume(media.getLong(SB_CRC) == crc(0, SB_CRC), "superblock: checksum")
            && volume(unit == 4096 || unit == 2 * MIB, "superblock: allocation unit")
            && volume(media.getInt(SB_OMF_MAJOR) == 2, "superblock: OMF major")
            && volume(media.getLong(SB_LOG_OFFSET) == LOG, "superblock: log offset")
            && volume(
                logLength >= 8 * MIB && Long.bitCount(logLength) == 1, "superblock: log length")
            && volume(volumeSize > 0 && volumeSize <= deviceSize, "superblock: device size");
    if (!right || !volume(logLength <= volumeSize - SUPERBLOCK_AREA, "the log has no room")) {
      return false;
    }
    logEnd = SUPERBLOCK_AREA + logLength;
    if (version != 48 || media.getInt(SB_OMF_MINOR) != 2 || unit != 2 * MIB) {
      verdict.deviation(Verdict.VOLUME, "superblock: version or unit");
    }
    verdict.add(new Device(volumeSize, hex(SB_DEV_UUID)));
    return true;
  }

  private boolean logHeader() {
    long length = media.getLong(LOG + 8);
    long lastIndex = media.getLong(LOG + 16);
    long next = media.getLong(LOG + 40);
    boolean right =
        volume(media.getLong(LOG) == LOG_MAGIC, "log: magic")
            && volume(media.getLong(LOG + 24) == crc(LOG, 24), "log: checksum")
            && volume(length == logEnd - LOG, "log: length")
            && volume(lastIndex == (logEnd - LOG - HEADER) / ENTRY - 1, "log: last index")
            && volume(next >= 0 && next <= (logEnd - LOG - HEADER) / ENTRY, "log: next index");
    if (!right) {
      return false;
    }
    verdict.readable(next);
    long seqnum = media.getLong(LOG + 32);
    if (seqnum != next) {
      // A crash between two stores leaves it one ahead.
      if (seqnum == next + 1) {
        verdict.deviation(Verdict.VOLUME, "log: next seqnum one ahead");
      } else {
        verdict.violation(Verdict.VOLUME, "log: next seqnum");
      }
    }
    return true;
  }

  private void entries() {
    for (long index = 0; index < verdict.entries(); index++) {
      int at = Math.toIntExact(LOG + HEADER + ENTRY * index);
      int type = media.getInt(at + 8);
      boolean whole =
          entry(index, media.getLong(at) == index, "seqnum")
              && entry(index, media.getLong(at + ENTRY_CRC) == crc(at, ENTRY_CRC), "checksum");
      if (type == TYPE_FILE) {
        file(index, at, whole);
      } else if (whole && type == TYPE_MKDIR) {
        mkdir(index, at);
      } else if (whole && type == TYPE_ADD_DAXDEV) {
        addDaxdev(index, at);
      } else if (whole) {
        entry(index, false, "type " + type);
      }
      if (whole) {
        expect(index, zero(at + 12, at + 16), "padding behind the type");
      }
    }
  }

  private boolean entry(long index, boolean right, String what) {
    if (!right) {
      verdict.violation(index, what);
    }
    return right;
  }

  private void expect(long index, boolean usual, String what) {
    if (!usual) {
      verdict.deviation(index, what);
    }
  }

  private void mkdir(long index, int at) {
    String path = path(index, at + 28);
    int mode = media.getInt(at + 24);
    expect(index, mode >= 0 && mode <= 07777, "mode with other bits");
    expect(index, zero(at + 28 + PATH_FIELD, at + ENTRY_CRC), "bytes behind the payload");
    if (path != null && placeFree(index, path)) {
      directories.put(path, true);
      verdict.add(
          new Node(
              index,
              path,
              true,
              0,
              mode & 07777,
              Integer.toUnsignedLong(media.getInt(at + 16)),
              Integer.toUnsignedLong(media.getInt(at + 20)),
              0,
              List.of()));
    }
  }

  private void addDaxdev(long index, int at) {
    long size = media.getLong(at + 16);
    String uuid = hex(at + 24);
    long number = Integer.toUnsignedLong(media.getInt(at + 40));
    List<Device> devices = verdict.devices();
    boolean right =
        entry(index, number == devices.size(), "device number " + number)
            && entry(index, devices.stream().noneMatch(d -> d.uuid().equals(uuid)), "device uuid")
            && entry(index, devices.size() < MOST_DEVICES, "too many devices")
            // A superblock and one unit have to fit; 2^63 and more is no size.
            && entry(index, size >= SUPERBLOCK_AREA + unit, "device size " + size);
    expect(index, zero(at + 44, at + ENTRY_CRC), "bytes behind the payload");
    if (right) {
      verdict.add(new Device(size, uuid));
    }
  }

  private void file(long index, int at, boolean whole) {
    boolean interleaved = media.getInt(at + 120) == 1;
    long count = Integer.toUnsignedLong(media.getInt(at + 128));
    long strips = media.getLong(at + 136);
    int first = at + (interleaved ? 152 : 136);
    List<Extent> extents = new ArrayList<>();
    long present = interleaved ? strips : count;
    for (int i = 0; i < MOST_EXTENTS && (present < 0 || i < present); i++) {
      extents.add(
          new Extent(
              media.getLong(first + 24 * i),
              media.getLong(first + 24 * i + 8),
              media.getLong(first + 24 * i + 16)));
    }
    verdict.name(extents);
    if (!whole) {
      return;
    }
    String path = path(index, at + 40);
    long chunk = interleaved ? media.getLong(at + 144) : 0;
    boolean right = path != null && map(index, at, extents, chunk) && placeFree(index, path);
    usual(index, at, extents, chunk);
    if (path != null && right) {
      directories.put(path, false);
      for (Extent extent : extents) {
        entry(index, space.take(extent), "space that is taken: " + extent);
      }
      verdict.add(
          new Node(
              index,
              path,
              false,
              media.getLong(at + 16),
              media.getInt(at + 36) & 07777,
              Integer.toUnsignedLong(media.getInt(at + 28)),
              Integer.toUnsignedLong(media.getInt(at + 32)),
              chunk,
              extents));
    } else {
      extents.forEach(space::suspect);
    }
  }

  private boolean map(long index, int at, List<Extent> extents, long chunk) {
    int kind = media.getInt(at + 120);
    long count = Integer.toUnsignedLong(media.getInt(at + 128));
    long strips = media.getLong(at + 136);
    long size = media.getLong(at + 16);
    boolean right =
        entry(index, kind == 0 || kind == 1, "map kind " + kind)
            && entry(index, size >= 0, "size " + size)
            && (kind == 1
                ? entry(index, count == 1, "interleaved extents " + count)
                    && entry(index, strips >= 1 && strips <= MOST_EXTENTS, "strips " + strips)
                    && entry(index, chunk > 0, "chunk " + chunk)
                : entry(index, count >= 1 && count <= MOST_EXTENTS, "extents " + count));
    for (Extent extent : extents) {
      right = right && extent(index, extent);
    }
    return right
        && entry(
            index,
            kind == 1
                ? StripMath.holds(extents, chunk, size)
                : StripMath.sum(extents).compareTo(BigInteger.valueOf(size)) >= 0,
            "map too short");
  }

  private boolean extent(long index, Extent extent) {
    List<Device> devices = verdict.devices();
    if (!entry(
        index, extent.device() >= 0 && extent.device() < devices.size(), "device of " + extent)) {
      return false;
    }
    long size = devices.get((int) extent.device()).size();
    long reserved = extent.device() == 0 ? logEnd : SUPERBLOCK_AREA;
    return entry(
            index,
            extent.offset() % unit == 0 && extent.length() % unit == 0,
            "alignment of " + extent)
        && entry(
            index,
            extent.length() > 0
                && extent.offset() >= 0
                && extent.length() <= size
                && extent.offset() <= size - extent.length(),
            "bounds of " + extent)
        && entry(index, extent.offset() >= reserved, "reserved space in " + extent);
  }

  /// What a writer always does; section 3, 4 and 5.
  private void usual(long index, int at, List<Extent> extents, long chunk) {
    long size = media.getLong(at + 16);
    int mode = media.getInt(at + 36);
    expect(index, media.getInt(at + 24) == 2, "flags");
    expect(index, mode >= 0 && mode <= 07777, "mode with other bits");
    expect(index, zero(at + 124, at + 128) && zero(at + 132, at + 136), "padding in the map");
    int end = at + (chunk == 0 ? 136 : 152) + 24 * extents.size();
    expect(index, zero(end, at + ENTRY_CRC), "bytes behind the payload");
    if (chunk == 0) {
      // An empty file has one unit, so that every file has a map.
      long units = Math.max(1, (size + 2 * MIB - 1) / (2 * MIB));
      expect(
          index,
          extents.size() == 1 && extents.getFirst().length() == units * 2 * MIB,
          "not one extent of the rounded size");
    } else {
      expect(
          index,
          Long.bitCount(chunk) == 1 && chunk % (2 * MIB) == 0 && size >= chunk,
          "chunk " + chunk);
      expect(index, StripMath.usualLengths(extents, chunk, size), "length of the strips");
    }
    if (extents.stream().anyMatch(space::suspected)) {
      verdict.deviation(index, "space that a wrong entry names");
    }
  }

  /// The path in a field, null when it is none.
  private @Nullable String path(long index, int at) {
    int length = 0;
    while (length < PATH_FIELD && media.get(at + length) != 0) {
      length++;
    }
    if (!entry(index, length < PATH_FIELD, "path without end") // 79 bytes and a NUL
        || !entry(index, length > 0, "empty path")) {
      return null;
    }
    expect(index, zero(at + length, at + PATH_FIELD), "bytes behind the path");
    String path;
    try {
      path = StandardCharsets.UTF_8.newDecoder().decode(media.slice(at, length)).toString();
    } catch (CharacterCodingException e) {
      entry(index, false, "path that is not UTF-8");
      return null;
    }
    boolean legal = true;
    String[] names = path.split("/", -1);
    for (String name : names) {
      legal &= !name.isEmpty() && !name.equals(".") && !name.equals("..");
    }
    return entry(index, legal && !names[0].equals(".meta"), "path '" + path + "'") ? path : null;
  }

  private boolean placeFree(long index, String path) {
    int slash = path.lastIndexOf('/');
    boolean parent = slash < 0 || Boolean.TRUE.equals(directories.get(path.substring(0, slash)));
    return entry(index, parent, "parent of '" + path + "'")
        && entry(index, !directories.containsKey(path), "duplicate of '" + path + "'");
  }

  private boolean zero(int from, int to) {
    for (int at = from; at < to; at++) {
      if (media.get(at) != 0) {
        return false;
      }
    }
    return true;
  }

  private String hex(int at) {
    byte[] bytes = new byte[16];
    media.get(at, bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private long crc(int at, int length) {
    CRC32 crc = new CRC32();
    crc.update(media.slice(at, length));
    return crc.getValue();
  }
}
