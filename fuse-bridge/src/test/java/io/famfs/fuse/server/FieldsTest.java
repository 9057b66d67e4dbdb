package io.famfs.fuse.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.protocol.BatchForget;
import io.famfs.fuse.protocol.CreateIoctl;
import io.famfs.fuse.protocol.DaxdevOut;
import io.famfs.fuse.protocol.Dirent;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.Fields;
import io.famfs.fuse.protocol.FmapExtent;
import io.famfs.fuse.protocol.FmapOut;
import io.famfs.fuse.protocol.FmapStrips;
import io.famfs.fuse.protocol.GetFmapIn;
import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.InitIn;
import io.famfs.fuse.protocol.InitOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OutHeader;
import io.famfs.fuse.protocol.RemoveMapping;
import io.famfs.fuse.protocol.ReplyExtents;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.protocol.StatfsOut;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class FieldsTest {

  @Test
  void everyDescriptionIsAsLongAsItsStructure() {
    assertEquals(InHeader.BYTES, InHeader.FIELDS.bytes());
    assertEquals(OutHeader.BYTES, OutHeader.FIELDS.bytes());
    assertEquals(EntryOut.BYTES, EntryOut.FIELDS.bytes());
    assertEquals(StatfsOut.BYTES, StatfsOut.FIELDS.bytes());
    assertEquals(InitIn.BYTES, InitIn.FIELDS.bytes());
    assertEquals(InitOut.BYTES, InitOut.FIELDS.bytes());
    assertEquals(SetattrIn.BYTES, SetattrIn.FIELDS.bytes());
    assertEquals(Dirent.BYTES, Dirent.FIELDS.bytes());
    assertEquals(RemoveMapping.BYTES, RemoveMapping.FIELDS.bytes());
    assertEquals(RemoveMapping.COUNT_BYTES, RemoveMapping.COUNT.bytes());
    assertEquals(BatchForget.BYTES, BatchForget.FIELDS.bytes());
    assertEquals(GetFmapIn.BYTES, GetFmapIn.FIELDS.bytes());
    assertEquals(FmapOut.BYTES, FmapOut.FIELDS.bytes());
    assertEquals(FmapExtent.BYTES, FmapExtent.FIELDS.bytes());
    assertEquals(FmapStrips.BYTES, FmapStrips.FIELDS.bytes());
    assertEquals(DaxdevOut.BYTES, DaxdevOut.FIELDS.bytes());
    assertEquals(ReplyExtents.HEADER_BYTES, ReplyExtents.FIELDS.bytes());
    assertEquals(ReplyExtents.EXTENT_BYTES, ReplyExtents.EXTENT.bytes());
    assertTrue(CreateIoctl.FIELDS.bytes() < CreateIoctl.BYTES);
    assertEquals(CreateIoctl.PLACED_BYTES - CreateIoctl.BYTES, CreateIoctl.PLACED_FIELDS.bytes());
  }

  @Test
  void fieldsLieBehindEachOtherAndAreNatural() {
    for (Operation operation : OperationTable.operations()) {
      for (Fields fields : new Fields[] {operation.arguments(), operation.body()}) {
        int at = 0;
        for (int i = 0; i < fields.count(); i++) {
          String what = operation.name() + " " + fields.name(i);
          assertEquals(at, fields.offset(i), what);
          assertEquals(0, at % fields.width(i), what);
          at += fields.width(i);
        }
        // The path of a device is text, which has no fields.
        int text = operation.opcode() == Opcode.GET_DAXDEV ? fields.bytes() - at : 0;
        assertEquals(at + text, fields.bytes(), operation.name());
      }
    }
  }

  @Test
  void onlyWholeFieldsAreReversed() {
    byte[] header = new byte[24];
    for (int i = 0; i < header.length; i++) {
      header[i] = (byte) i;
    }
    OutHeader.FIELDS.reverse(MemorySegment.ofArray(header), 4, 4 + 15);
    byte[] expected = {
      0, 1, 2, 3, 7, 6, 5, 4, 11, 10, 9, 8, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23
    };
    assertArrayEquals(expected, header);
    OutHeader.FIELDS.reverse(MemorySegment.ofArray(header), 4, 4 + 16);
    assertEquals(19, header[12]);
    assertEquals(12, header[19]);
    assertEquals(20, header[20]);
  }
}
