package io.famfs.store.repair;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.LogHeader;
import io.famfs.core.format.LogHeaderCodec;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.LogHeaderRules;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.core.format.Superblock;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Decides what the log header of a volume has to be: everything but the number of entries follows
/// from the superblock. The number that stands there is believed when it can be and no valid
/// entries follow, but for one that was never published. Otherwise the last valid entry counts.
final class LogHeaderRepair {

  /// What was decided.
  ///
  /// @param header the header
  /// @param changes what differs from the media; empty when nothing does
  /// @param tail what stands behind the entries
  record Decision(LogHeader header, List<String> changes, LogTail tail) {}

  private LogHeaderRepair() {}

  static Decision decide(DaxDevice device, Superblock superblock) {
    byte[] raw = Bytes.copy(device, LogHeaderLayout.MEDIA_OFFSET, LogHeaderLayout.BYTES);
    MemorySegment copy = MemorySegment.ofArray(raw);
    LogHeader stored = LogHeaderCodec.decode(copy, 0);
    MediaFault fault = LogHeaderRules.firstBroken(copy, superblock);
    boolean identityBroken = fault != null && fault.rule() != Rule.LOG_NEXT_INDEX;
    long capacity = LogHeaderLayout.lastIndex(superblock.logLengthBytes()) + 1;
    boolean countBelievable = stored.nextIndex() >= 0 && stored.nextIndex() <= capacity;
    long known = countBelievable ? stored.nextIndex() : 0;
    LogTail tail = LogTail.scan(device, known, capacity);
    boolean recount =
        tail.countLost() || ((identityBroken || !countBelievable) && tail.validCount() > 0);
    long count = recount ? tail.validEnd() : known;
    List<String> changes = new ArrayList<>();
    if (identityBroken) {
      changes.add("length and last index from the superblock");
    }
    if (count != stored.nextIndex()) {
      changes.add("entries " + Long.toUnsignedString(stored.nextIndex()) + " -> " + count);
    }
    boolean seqnumOff = LogHeaderRules.seqnumFault(withCount(stored, count)) != null;
    if (seqnumOff && changes.isEmpty()) {
      changes.add(
          "next sequence number " + Long.toUnsignedString(stored.nextSeqnum()) + " -> " + count);
    }
    LogTail rest =
        new LogTail(count, Math.max(count, tail.validEnd()), 0, Math.max(count, tail.usedEnd()));
    if (changes.isEmpty()) {
      return new Decision(stored, changes, rest);
    }
    byte[] bytes = bytes(superblock.logLengthBytes(), count);
    return new Decision(LogHeaderCodec.decode(MemorySegment.ofArray(bytes), 0), changes, rest);
  }

  /// A header of a log with this length and number of entries.
  static byte[] bytes(long logLengthBytes, long count) {
    byte[] bytes = new byte[LogHeaderLayout.BYTES];
    LogHeaderCodec.encode(
        new LogHeader(
            LogHeaderLayout.MAGIC,
            logLengthBytes,
            LogHeaderLayout.lastIndex(logLengthBytes),
            0,
            count,
            count),
        MemorySegment.ofArray(bytes),
        0);
    LogHeaderCodec.seal(MemorySegment.ofArray(bytes), 0);
    return bytes;
  }

  private static LogHeader withCount(LogHeader header, long count) {
    return new LogHeader(
        header.magic(),
        header.lengthBytes(),
        header.lastIndex(),
        header.crc(),
        header.nextSeqnum(),
        count);
  }
}
