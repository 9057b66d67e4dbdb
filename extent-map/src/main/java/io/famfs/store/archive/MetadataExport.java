package io.famfs.store.archive;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeader;
import io.famfs.core.format.LogHeaderCodec;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.core.format.SuperblockLayout;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Writes the metadata of a volume into an archive: a header of text ([ArchiveHeader]), records
/// ([ArchiveRecord]), and a last line `sha256 ` with the digest of every byte before it.
///
/// What stands on the media is written as it stands, right or wrong, as long as there is a
/// superblock and a log header to be found. The volume may be in use: entries that are added
/// meanwhile are not in the archive.
public final class MetadataExport {
  /// Bytes of every superblock area that are kept.
  static final int SUPERBLOCK_BYTES = 4096;

  /// What the last line starts with.
  static final String DIGEST_LINE = "sha256 ";

  private static final int ENTRIES_PER_RECORD = 1024;

  private MetadataExport() {}

  /// Writes an archive.
  ///
  /// @param devices of one volume, in order of their daxdev index
  /// @param out receives it; stays open
  /// @return number of log entries written
  /// @throws MediaException when there is no superblock or no log on the primary device
  /// @throws IOException when `out` does not take the bytes
  public static long write(List<? extends DaxDevice> devices, OutputStream out)
      throws MediaException, IOException {
    DaxDevice primary = devices.getFirst();
    Superblock superblock = superblock(primary);
    MemorySegment logHeader = copy(primary, LogHeaderLayout.MEDIA_OFFSET, LogHeaderLayout.BYTES);
    long entries = entries(primary, logHeader);
    List<ArchiveHeader.Device> described = new ArrayList<>();
    for (DaxDevice device : devices) {
      described.add(new ArchiveHeader.Device(device.sizeBytes(), superblock(device).deviceUuid()));
    }
    MessageDigest digest = sha256();
    DigestOutputStream body = new DigestOutputStream(out, digest);
    body.write(new ArchiveHeader(superblock.fsUuid(), entries, described).toBytes());
    for (int i = 0; i < devices.size(); i++) {
      MemorySegment area = copy(devices.get(i), 0, SUPERBLOCK_BYTES);
      body.write(new ArchiveRecord(ArchiveRecord.SUPERBLOCK, i, 0, area).toBytes());
    }
    body.write(
        new ArchiveRecord(ArchiveRecord.LOG_HEADER, 0, LogHeaderLayout.MEDIA_OFFSET, logHeader)
            .toBytes());
    for (long index = 0; index < entries; index += ENTRIES_PER_RECORD) {
      long at = LogHeaderLayout.entryMediaOffset(index);
      int count = (int) Math.min(ENTRIES_PER_RECORD, entries - index);
      MemorySegment piece = copy(primary, at, count * LogEntryLayout.BYTES);
      body.write(new ArchiveRecord(ArchiveRecord.ENTRIES, 0, at, piece).toBytes());
    }
    out.write(digestLine(digest));
    return entries;
  }

  static byte[] digestLine(MessageDigest digest) {
    return (DIGEST_LINE + HexFormat.of().formatHex(digest.digest()) + "\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static Superblock superblock(DaxDevice device) throws MediaException {
    if (device.sizeBytes() < LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.BYTES) {
      throw fault(
          MediaFault.Rule.DEVICE_TOO_SMALL,
          0,
          device.name() + " has " + device.sizeBytes() + " bytes, too few for a famfs");
    }
    MemorySegment bytes = copy(device, 0, SuperblockLayout.BYTES);
    Superblock superblock = SuperblockCodec.decode(bytes, 0);
    if (superblock.magic() != SuperblockLayout.MAGIC) {
      throw fault(
          MediaFault.Rule.SUPERBLOCK_MAGIC, 0, "there is no famfs superblock on " + device.name());
    }
    return superblock;
  }

  private static long entries(DaxDevice primary, MemorySegment bytes) throws MediaException {
    LogHeader header = LogHeaderCodec.decode(bytes, 0);
    if (header.magic() != LogHeaderLayout.MAGIC) {
      throw fault(
          MediaFault.Rule.LOG_MAGIC,
          LogHeaderLayout.MEDIA_OFFSET,
          "there is no log on " + primary.name());
    }
    long room =
        Math.min(
            Math.max(header.lengthBytes(), 0), primary.sizeBytes() - LogHeaderLayout.MEDIA_OFFSET);
    return Math.clamp(header.nextIndex(), 0, LogHeaderLayout.lastIndex(room) + 1);
  }

  private static MediaException fault(MediaFault.Rule rule, long offset, String message) {
    return new MediaException(new MediaFault(rule, offset, message));
  }

  private static MemorySegment copy(DaxDevice device, long offset, int lengthBytes) {
    device.invalidate(offset, lengthBytes);
    byte[] bytes = new byte[lengthBytes];
    MemorySegment.copy(device.memory(), ValueLayout.JAVA_BYTE, offset, bytes, 0, lengthBytes);
    return MemorySegment.ofArray(bytes);
  }
}
