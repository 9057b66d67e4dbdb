package io.famfs.store;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.store.crash.UndoDevice;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// A small volume, changed as the bytes say; [HostileImage] says what has to hold for it.
///
/// A plain test run replays the known inputs; `JAZZER_FUZZ=1` searches for new ones, see FORMAT.md.
///
/// The first byte says whether checksums are made right afterwards. Patches follow: two bytes for
/// the place in the metadata, one for the number of bytes, the bytes.
class VolumeFuzzTest {
  private static final int PATCH_HEADER_BYTES = 3;
  private static final int MOST_PATCH_BYTES = 80;

  private static final UndoDevice DEVICE;
  private static final int ENTRIES;

  static {
    try {
      MediaEditor media = HostileMediaTest.volume();
      DEVICE = new UndoDevice(0, media.memory());
      ENTRIES = (int) media.nextIndex();
    } catch (Exception e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @FuzzTest(maxDuration = "5m")
  void anyVolumeIsRefusedOrUsedSafely(byte[] bytes) throws Exception {
    int at = 1;
    while (at + PATCH_HEADER_BYTES < bytes.length) {
      int place = Byte.toUnsignedInt(bytes[at]) << 8 | Byte.toUnsignedInt(bytes[at + 1]);
      int length = Byte.toUnsignedInt(bytes[at + 2]) % MOST_PATCH_BYTES + 1;
      at += PATCH_HEADER_BYTES;
      length = Math.min(length, bytes.length - at);
      patch(MemorySegment.ofArray(bytes).asSlice(at, length), place);
      at += length;
    }
    try {
      if (bytes.length > 0 && bytes[0] >= 0) {
        new MediaMutator(DEVICE, ENTRIES, new SplittableRandom(bytes[0])).seal();
      }
      HostileImage.check(DEVICE);
    } finally {
      DEVICE.undo();
    }
  }

  /// Superblock, log header and entries count as one run of bytes here, which starts anew behind
  /// its end.
  private static void patch(MemorySegment bytes, int place) {
    int log = LogHeaderLayout.BYTES + (ENTRIES + 1) * LogEntryLayout.BYTES;
    int inAll = place % (SuperblockLayout.BYTES + log);
    long offset =
        inAll < SuperblockLayout.BYTES
            ? inAll
            : LogHeaderLayout.MEDIA_OFFSET + inAll - SuperblockLayout.BYTES;
    DEVICE.store(bytes, offset);
  }
}
