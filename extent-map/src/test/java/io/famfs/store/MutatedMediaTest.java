package io.famfs.store;

import static io.famfs.store.MediaEditor.UNIT;
import static io.famfs.store.MediaEditor.file;
import static io.famfs.store.MediaEditor.mkdir;
import static io.famfs.store.MediaEditor.units;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Role;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Whatever is on the media, opening gives a volume that can be used or says why not.
class MutatedMediaTest {
  private static final int ROUNDS = 3_000;
  private static final int ENTRIES = 6;
  private static final int METADATA_BYTES = 4096;
  private static final long[] INTERESTING = {
    0,
    1,
    2,
    15,
    16,
    17,
    255,
    4096,
    UNIT,
    10L << 20,
    40L << 20,
    Integer.MAX_VALUE,
    0xffffffffL,
    1L << 32,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1
  };

  /// What opening does not look for.
  private static final Set<Rule> TAIL = Set.of(Rule.LOG_ENTRIES_BEYOND, Rule.LOG_TAIL);

  @Test
  void mutatedMetadataIsRefusedOrUsable() throws Exception {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    MediaEditor media = volume();
    byte[] superblock = copy(media, 0, 200);
    byte[] log = copy(media, LogHeaderLayout.MEDIA_OFFSET, METADATA_BYTES);
    int opened = 0;
    int faulty = 0;
    for (int round = 0; round < ROUNDS; round++) {
      restore(media, 0, superblock);
      restore(media, LogHeaderLayout.MEDIA_OFFSET, log);
      mutate(media, random);
      CheckReport report = VolumeCheck.check(List.of(media.device().readOnly()));
      try {
        Volume volume = media.open();
        opened++;
        faulty += volume.report().clean() ? 0 : 1;
        List<MediaFault> entries = new ArrayList<>(report.faults());
        entries.removeIf(fault -> TAIL.contains(fault.rule()));
        // On a host that does not own the volume, damage at the end of the log is waited for.
        long pending = volume.report().following().entriesPending();
        int found = volume.report().faults().size();
        assertTrue(pending == 0 || volume.role() != Role.MASTER);
        assertTrue(found + pending >= entries.size() && found <= entries.size(), "seed " + seed);
        assertEquals(volume.report().faults(), entries.subList(0, found), "seed " + seed);
        assertTrue(pending > 0 || found == entries.size(), "seed " + seed);
        walk(volume, volume.namespace().root(), 0);
        createSomething(volume);
      } catch (MediaException e) {
        assertEquals(List.of(e.fault()), report.faults(), "seed " + seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + " round " + round, e);
      }
    }
    assertTrue(opened > ROUNDS / 10 && faulty > ROUNDS / 20, opened + " opened, " + faulty);
  }

  private static MediaEditor volume() throws Exception {
    return MediaEditor.fresh(40)
        .append(mkdir("d"))
        .append(file("d/a", UNIT + 1, units(0, 2)))
        .append(
            file("d/b", 4 * UNIT, new Fmap.Interleaved(UNIT, List.of(units(2, 2), units(5, 2)))))
        .append(mkdir("d/e"))
        .append(file("d/e/c", 1, units(4, 1), units(8, 1)))
        .append(file("z", 3 * UNIT, units(10, 3)));
  }

  private static void mutate(MediaEditor media, SplittableRandom random) {
    int changes = random.nextInt(1, 5);
    for (int i = 0; i < changes; i++) {
      int target = random.nextInt(10);
      long base =
          target == 0
              ? 0
              : target == 1
                  ? LogHeaderLayout.MEDIA_OFFSET
                  : LogHeaderLayout.entryMediaOffset(random.nextInt(ENTRIES + 1));
      int length = target == 0 ? 200 : target == 1 ? 48 : 200;
      if (random.nextBoolean()) {
        media
            .memory()
            .set(ValueLayout.JAVA_BYTE, base + random.nextInt(length), (byte) random.nextInt(256));
      } else {
        long value = INTERESTING[random.nextInt(INTERESTING.length)];
        long at = base + random.nextInt(length / 4 - 1) * 4L;
        if (random.nextBoolean()) {
          media.memory().set(ValueLayout.JAVA_INT_UNALIGNED, at, (int) value);
        } else {
          media.memory().set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
        }
      }
    }
    // Right checksums let most mutants pass the first gate.
    if (random.nextInt(8) > 0) {
      media.sealSuperblock();
      media.sealLogHeader();
      for (int i = 0; i <= ENTRIES; i++) {
        LogEntryCodec.seal(media.entry(i), 0);
      }
    }
  }

  private static void walk(Volume volume, DirectoryInode directory, int depth) {
    assertTrue(depth < 80);
    ExtentCursor cursor = new ExtentCursor();
    for (int i = 0; i < directory.childCount(); i++) {
      Inode child = directory.child(i);
      assertEquals(child, volume.namespace().inode(child.nodeid()));
      assertEquals(child, volume.namespace().lookup(directory, child.name()));
      if (child instanceof DirectoryInode below) {
        walk(volume, below, depth + 1);
      } else if (child instanceof FileInode file) {
        for (long at : new long[] {0, 1, file.sizeBytes() / 2, Math.max(0, file.sizeBytes() - 1)}) {
          assertTrue(file.extents().resolve(at, Long.MAX_VALUE, cursor));
          MemorySegment memory = volume.memory(cursor.deviceIndex());
          memory.get(ValueLayout.JAVA_BYTE, cursor.deviceOffset());
          memory.get(ValueLayout.JAVA_BYTE, cursor.deviceOffset() + cursor.runBytes() - 1);
          assertTrue(cursor.deviceOffset() >= 10L << 20);
        }
      }
    }
  }

  private static void createSomething(Volume volume) {
    volume.usage();
    List<DeviceRange> taken = new ArrayList<>();
    collect(volume.namespace().root(), taken);
    try (FileCreation file = volume.create("fresh", UNIT, 0644, 0, 0)) {
      DeviceRange made = file.commit().fmap().ranges().getFirst();
      for (DeviceRange range : taken) {
        assertTrue(made.end() <= range.offset() || range.end() <= made.offset());
      }
      volume.mkdir("fresh-d", 0755, 0, 0);
    } catch (StoreException e) {
      assertTrue(e.errno() > 0);
    }
  }

  private static void collect(DirectoryInode directory, List<DeviceRange> ranges) {
    for (int i = 0; i < directory.childCount(); i++) {
      switch (directory.child(i)) {
        case DirectoryInode below -> collect(below, ranges);
        case FileInode file -> ranges.addAll(file.fmap().ranges());
      }
    }
  }

  private static byte[] copy(MediaEditor media, long offset, int lengthBytes) {
    byte[] copy = new byte[lengthBytes];
    MemorySegment.copy(media.memory(), ValueLayout.JAVA_BYTE, offset, copy, 0, lengthBytes);
    return copy;
  }

  private static void restore(MediaEditor media, long offset, byte[] copy) {
    MemorySegment.copy(copy, 0, media.memory(), ValueLayout.JAVA_BYTE, offset, copy.length);
  }
}
