package io.famfs.store.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.StoreException;
import io.famfs.store.Volume;
import io.famfs.store.crash.CrashScenario;
import io.famfs.store.crash.CrashStates;
import io.famfs.store.crash.RecordingDevice;
import io.famfs.store.crash.StoreEvent;
import io.famfs.store.namespace.Inode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MetadataArchiveTest {
  private static final long MIB = 1 << 20;
  private static final long RESERVED = 10 * MIB;

  private static MemorySegment memory(long mebibytes) {
    return Arena.ofAuto().allocate(mebibytes * MIB, 4096);
  }

  private static RecordingDevice device(MemorySegment memory) {
    return new RecordingDevice(0, memory, new ArrayList<>());
  }

  /// A volume with some directories and a file.
  private static MemorySegment filled(int directories) throws IOException {
    MemorySegment media = memory(32);
    Volume volume =
        Volume.format(List.of(device(media)), FormatOptions.ownedBy(CrashScenario.OWNER));
    for (int i = 0; i < directories; i++) {
      volume.mkdir("d" + i, 0750, i, 2 * i);
    }
    try (FileCreation file = volume.create("d0/f", 3 * MIB, 0640, 1, 2)) {
      file.commit();
    }
    volume.close();
    return media;
  }

  private static byte[] export(MemorySegment media) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MetadataExport.write(List.of(device(media)), out);
    return out.toByteArray();
  }

  private static void restore(byte[] archive, MemorySegment target, boolean force)
      throws IOException {
    MetadataImport read = MetadataImport.read(archive);
    List<RecordingDevice> devices = List.of(device(target));
    read.check(devices, force);
    read.restore(devices);
  }

  private static void assertSameMetadata(MemorySegment expected, MemorySegment found) {
    assertEquals(-1, expected.asSlice(0, 4096).mismatch(found.asSlice(0, 4096)));
    assertEquals(
        -1,
        expected
            .asSlice(LogHeaderLayout.MEDIA_OFFSET, RESERVED - LogHeaderLayout.MEDIA_OFFSET)
            .mismatch(
                found.asSlice(
                    LogHeaderLayout.MEDIA_OFFSET, RESERVED - LogHeaderLayout.MEDIA_OFFSET)));
  }

  @Test
  void metadataComesBackOnBlankAndOnUsedMemory() throws IOException {
    MemorySegment media = filled(3000);
    byte[] archive = export(media);
    assertTrue(archive.length < 3001 * LogEntryLayout.BYTES / 10, archive.length + " bytes");
    MemorySegment blank = memory(32);
    restore(archive, blank, false);
    assertSameMetadata(media, blank);
    MemorySegment used = memory(40);
    used.asSlice(8, 20 * MIB).fill((byte) 0x55);
    restore(archive, used, false);
    assertSameMetadata(media, used);
    // What belongs to files stays as it was.
    assertEquals((byte) 0x55, used.get(ValueLayout.JAVA_BYTE, RESERVED));
    try (Volume volume = Volume.open(List.of(device(used)), OpenOptions.forReading())) {
      assertTrue(volume.report().clean());
      Inode file = volume.namespace().find("d0/f");
      assertNotNull(file);
      assertEquals(3 * MIB, file.sizeBytes());
    }
  }

  @Test
  void theHeaderIsForPeople() throws IOException {
    String text = new String(export(filled(2)), StandardCharsets.ISO_8859_1);
    String[] lines = text.split("\n", -1);
    assertEquals("famfs metadata archive 1", lines[0]);
    assertEquals("entries 3", lines[2]);
    assertTrue(lines[3].matches("device 0 bytes 33554432 uuid [0-9a-f-]{36}"), lines[3]);
    assertTrue(text.endsWith("\n"));
  }

  @Test
  void aChangeOfAnyByteIsFound() throws IOException {
    byte[] archive = export(filled(40));
    MetadataImport.read(archive.clone());
    SplittableRandom random = new SplittableRandom(5);
    for (int at = 0; at < archive.length; at++) {
      byte[] changed = archive.clone();
      changed[at] ^= (byte) (1 << random.nextInt(8));
      int where = at;
      assertThrows(ArchiveException.class, () -> MetadataImport.read(changed), "byte " + where);
    }
    for (int length = 0; length < archive.length; length++) {
      byte[] cut = Arrays.copyOf(archive, length);
      assertThrows(ArchiveException.class, () -> MetadataImport.read(cut), "cut to " + length);
    }
    for (int more : new int[] {1, 2, 71, 72, 73, 1000}) {
      byte[] longer = Arrays.copyOf(archive, archive.length + more);
      assertThrows(ArchiveException.class, () -> MetadataImport.read(longer), more + " more");
    }
  }

  @Test
  void anythingButAnArchiveIsRefused() {
    SplittableRandom random = new SplittableRandom(6);
    byte[] noise = new byte[500];
    for (int i = 0; i < 1000; i++) {
      random.nextBytes(noise);
      byte[] start = "famfs metadata archive 1\n".getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(start, 0, noise, 0, random.nextInt(start.length + 1));
      assertThrows(ArchiveException.class, () -> MetadataImport.read(noise));
    }
  }

  private static void assertRefused(int errno, byte[] archive, MemorySegment target) {
    byte[] before = target.toArray(ValueLayout.JAVA_BYTE);
    StoreException e = assertThrows(StoreException.class, () -> restore(archive, target, false));
    assertEquals(errno, e.errno(), e.getMessage());
    assertEquals(-1, target.mismatch(MemorySegment.ofArray(before)));
  }

  @Test
  void whatWouldBeLostIsNotOverwritten() throws IOException {
    MemorySegment media = filled(5);
    byte[] archive = export(media);
    restore(archive, media, false);
    MemorySegment other = filled(1);
    assertRefused(Errno.EEXIST, archive, other);
    assertRefused(Errno.ENOSPC, archive, memory(31));
    try (Volume volume =
        Volume.open(List.of(device(media)), OpenOptions.forHost(CrashScenario.OWNER))) {
      volume.mkdir("later", 0755, 0, 0);
    }
    assertRefused(Errno.EEXIST, archive, media);
    restore(archive, media, true);
    restore(archive, other, true);
    assertSameMetadata(media, other);
    MetadataImport read = MetadataImport.read(archive);
    StoreException e = assertThrows(StoreException.class, () -> read.check(List.of(), true));
    assertEquals(Errno.EINVAL, e.errno());
  }

  @Test
  void damagedMetadataCanBeKeptButNotMadeAVolumeOf() throws IOException {
    MemorySegment media = filled(2);
    media.set(ValueLayout.JAVA_BYTE, 70, (byte) 1);
    byte[] archive = export(media);
    MediaException e = assertThrows(MediaException.class, () -> restore(archive, memory(32), true));
    assertEquals(Rule.SUPERBLOCK_CRC, e.fault().rule());
    MemorySegment log = filled(2);
    log.set(ValueLayout.JAVA_LONG_UNALIGNED, LogHeaderLayout.MEDIA_OFFSET + 40, Long.MAX_VALUE);
    byte[] second = export(log);
    e = assertThrows(MediaException.class, () -> restore(second, memory(32), true));
    assertEquals(Rule.LOG_NEXT_INDEX, e.fault().rule());
    MemorySegment entry = filled(2);
    entry.set(ValueLayout.JAVA_BYTE, LogHeaderLayout.entryMediaOffset(1) + 30, (byte) 1);
    MemorySegment target = memory(32);
    restore(export(entry), target, false);
    assertSameMetadata(entry, target);
    e = assertThrows(MediaException.class, () -> export(memory(32)));
    assertEquals(Rule.SUPERBLOCK_MAGIC, e.fault().rule());
  }

  @Test
  void aCrashLeavesNothingOrAll() throws Exception {
    MemorySegment media = filled(3);
    byte[] archive = export(media);
    MemorySegment target = filled(1);
    List<MemorySegment> before = CrashScenario.copies(List.of(target));
    List<StoreEvent> record = new ArrayList<>();
    MetadataImport read = MetadataImport.read(archive);
    read.restore(List.of(new RecordingDevice(0, target, record)));
    record.add(new StoreEvent.Finished());
    int[] whole = {0};
    int states =
        CrashStates.check(
            before,
            record,
            new SplittableRandom(7),
            20,
            (devices, finished) -> {
              try (Volume volume = Volume.open(devices, OpenOptions.forReading())) {
                assertTrue(volume.report().clean());
                // The old one, before its magic number went, or the new one.
                boolean old = volume.namespace().find("d2") == null;
                assertTrue(!old || finished == 0);
                assertEquals(old ? 2 : 4, volume.usage().logEntriesUsed());
                whole[0] += old ? 0 : 1;
              } catch (MediaException e) {
                assertEquals(Rule.SUPERBLOCK_MAGIC, e.fault().rule(), e.getMessage());
                assertEquals(0, finished);
              }
            });
    assertTrue(states > 100 && whole[0] > 0, states + " states, " + whole[0] + " whole");
    assertSameMetadata(media, target);
    assertEquals(SuperblockLayout.MAGIC, target.get(ValueLayout.JAVA_LONG, 0));
    assertEquals(
        target.get(ValueLayout.JAVA_LONG_UNALIGNED, LogHeaderLayout.entryMediaOffset(0) + 536),
        LogEntryCodec.computeCrc(target, LogHeaderLayout.entryMediaOffset(0)));
  }
}
