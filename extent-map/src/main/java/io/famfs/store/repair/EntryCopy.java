package io.famfs.store.repair;

import io.famfs.core.DaxDevice;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.Decoded;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntry.FileEntry;
import io.famfs.core.format.LogEntry.MkdirEntry;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogEntryRules;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaBounds;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.MediaText;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One log entry as it stands on the media, or as its checksum says that it was.
final class EntryCopy {
  private static final MediaText LEGAL_PATH = MediaText.of("x");

  private final long slot;
  private final byte[] bytes;
  private final int mendedAt;
  private final @Nullable MediaFault damage;
  private final Decoded<LogEntry> decoded;

  private EntryCopy(long slot, byte[] bytes, int mendedAt, @Nullable MediaFault damage) {
    this.slot = slot;
    this.bytes = bytes;
    this.mendedAt = mendedAt;
    this.damage = damage;
    long at = LogHeaderLayout.entryMediaOffset(slot);
    this.decoded = LogEntryCodec.decode(MemorySegment.ofArray(bytes), 0, at);
  }

  /// Reads an entry. A single damaged byte is set right when the result keeps every rule.
  ///
  /// @param bounds what extents have to respect there
  static EntryCopy read(DaxDevice device, long slot, MediaBounds bounds) {
    long at = LogHeaderLayout.entryMediaOffset(slot);
    byte[] bytes = Bytes.copy(device, at, LogEntryLayout.BYTES);
    MediaFault damage = LogEntryRules.integrity(MemorySegment.ofArray(bytes), slot);
    if (damage == null || Bytes.allZero(bytes)) {
      return new EntryCopy(slot, bytes, -1, damage);
    }
    List<byte[]> mended =
        ByteMend.candidates(bytes, LogEntryLayout.CRC_COVERS).stream()
            .filter(candidate -> sound(candidate, slot, bounds))
            .toList();
    if (mended.size() == 1) {
      return new EntryCopy(slot, mended.getFirst(), ByteMend.place(bytes, mended.getFirst()), null);
    }
    return new EntryCopy(slot, bytes, -1, damage);
  }

  private static boolean sound(byte[] bytes, long slot, MediaBounds bounds) {
    EntryCopy copy = new EntryCopy(slot, bytes, -1, null);
    return LogEntryRules.integrity(MemorySegment.ofArray(bytes), slot) == null
        && LogEntryRules.meaning(copy.decoded, bounds) == null;
  }

  /// Where it stands.
  long slot() {
    return slot;
  }

  /// Its bytes.
  byte[] bytes() {
    return bytes.clone();
  }

  /// The byte that was set right, -1 when none was.
  int mendedAt() {
    return mendedAt;
  }

  /// Why it cannot be read, null when it can.
  @Nullable MediaFault damage() {
    return damage;
  }

  /// What reading it found wrong with its map, null when nothing is.
  @Nullable MediaFault mapFault() {
    return decoded.fault();
  }

  /// What it says.
  LogEntry entry() {
    return decoded.value();
  }

  /// The path as it stands there; empty for entries without.
  MediaText path() {
    return switch (entry()) {
      case FileEntry file -> file.path();
      case MkdirEntry mkdir -> mkdir.path();
      case LogEntry.AddDaxdevEntry _, LogEntry.UnknownEntry _ -> MediaText.of("");
    };
  }

  /// The first rule that it breaks by itself.
  @Nullable MediaFault fault(MediaBounds bounds) {
    return damage != null ? damage : LogEntryRules.meaning(decoded, bounds);
  }

  /// The file in it when everything but its path is right, null otherwise.
  @Nullable FileEntry fileWithSoundMap(MediaBounds bounds) {
    if (damage == null && entry() instanceof FileEntry file) {
      Decoded<LogEntry> legal = new Decoded<>(with(file, LEGAL_PATH, file.fmap()), decoded.fault());
      return LogEntryRules.meaning(legal, bounds) == null ? file : null;
    }
    return null;
  }

  /// Whether another entry says the same.
  boolean saysTheSameAs(EntryCopy other) {
    return java.util.Arrays.equals(
        bytes,
        Long.BYTES,
        LogEntryLayout.CRC_COVERS,
        other.bytes,
        Long.BYTES,
        LogEntryLayout.CRC_COVERS);
  }

  static FileEntry with(FileEntry file, MediaText path, Fmap fmap) {
    return new FileEntry(
        file.seqnum(),
        file.crc(),
        path,
        file.sizeBytes(),
        file.flags(),
        file.uid(),
        file.gid(),
        file.mode(),
        fmap);
  }

  /// The bytes of an entry with its checksum.
  static byte[] encode(LogEntry entry) {
    byte[] bytes = new byte[LogEntryLayout.BYTES];
    MemorySegment segment = MemorySegment.ofArray(bytes);
    LogEntryCodec.encode(entry, segment, 0);
    LogEntryCodec.seal(segment, 0);
    return bytes;
  }
}
