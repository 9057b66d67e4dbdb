package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.CopyFileRangeOut;
import io.famfs.fuse.protocol.FallocateIn;
import io.famfs.fuse.protocol.LseekIn;
import io.famfs.fuse.protocol.LseekOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.StatxOut;
import io.famfs.fuse.protocol.WriteOut;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Ranges of files that are in the log.
class RangeOperationsTest {
  private static final long NO_NODEID = 0x7777_7777_7777L;
  private static final int PUNCH = FallocateIn.PUNCH_HOLE | FallocateIn.KEEP_SIZE;
  private static final int RANGE = 2 << 20;

  private Served served;
  private long simple;
  private long striped;

  @BeforeEach
  void serve() throws IOException {
    served = Served.standard();
    simple = served.test.nodeid("simple");
    striped = served.test.nodeid("striped");
    fill(simple, (int) TestVolume.SIMPLE_BYTES, 1);
    fill(striped, (int) TestVolume.STRIPED_BYTES, 2);
  }

  @AfterEach
  void close() {
    served.close();
  }

  private void fill(long nodeid, int sizeBytes, long seed) {
    Random random = new Random(seed);
    for (int at = 0; at < sizeBytes; at += 1 << 20) {
      byte[] block = new byte[Math.min(1 << 20, sizeBytes - at)];
      random.nextBytes(block);
      assertEquals(0, served.call(Requests.write(nodeid, at, block)).error());
    }
  }

  private int error(byte[] request) {
    return served.call(request).error();
  }

  @Test
  void aPunchedRangeReadsAsZerosAcrossExtents() {
    byte[] expected = served.test.contents("simple");
    assertEquals(0, error(Requests.fallocate(simple, PUNCH, RANGE - 100, 300)));
    Arrays.fill(expected, RANGE - 100, RANGE + 200, (byte) 0);
    int zero = FallocateIn.ZERO_RANGE;
    assertEquals(0, error(Requests.fallocate(simple, zero, 10, 20)));
    Arrays.fill(expected, 10, 30, (byte) 0);
    int keep = zero | FallocateIn.KEEP_SIZE;
    assertEquals(0, error(Requests.fallocate(simple, keep, TestVolume.SIMPLE_BYTES - 5, 5)));
    Arrays.fill(expected, expected.length - 5, expected.length, (byte) 0);
    assertEquals(0, error(Requests.fallocate(simple, PUNCH, TestVolume.SIMPLE_BYTES - 9, 5000)));
    Arrays.fill(expected, expected.length - 9, expected.length, (byte) 0);
    assertEquals(0, error(Requests.fallocate(simple, PUNCH, 1L << 40, 5000)));
    assertArrayEquals(expected, served.test.contents("simple"));
  }

  @Test
  void spaceCannotBeAddedToAFileInTheLog() {
    byte[] expected = served.test.contents("simple");
    long size = TestVolume.SIMPLE_BYTES;
    assertEquals(0, error(Requests.fallocate(simple, 0, 0, size)));
    assertEquals(0, error(Requests.fallocate(simple, FallocateIn.KEEP_SIZE, 5, 10)));
    assertEquals(-Errno.EFBIG, error(Requests.fallocate(simple, 0, 0, size + 1)));
    assertEquals(
        -Errno.EFBIG, error(Requests.fallocate(simple, FallocateIn.ZERO_RANGE, size - 1, 2)));
    assertArrayEquals(expected, served.test.contents("simple"));
  }

  @Test
  void fallocateChecksItsArguments() {
    assertEquals(-Errno.EINVAL, error(Requests.fallocate(simple, 0, -1, 1)));
    assertEquals(-Errno.EINVAL, error(Requests.fallocate(simple, 0, 0, 0)));
    assertEquals(-Errno.EINVAL, error(Requests.fallocate(simple, 0, 0, -1)));
    assertEquals(-Errno.EFBIG, error(Requests.fallocate(simple, PUNCH, Long.MAX_VALUE, 1)));
    for (int mode : new int[] {FallocateIn.PUNCH_HOLE, PUNCH | 16, 8, 0x20, 0x40, -1}) {
      assertEquals(-Errno.EOPNOTSUPP, error(Requests.fallocate(simple, mode, 0, 1)), "" + mode);
    }
    assertEquals(-Errno.EISDIR, error(Requests.fallocate(1, 0, 0, 1)));
    assertEquals(-Errno.ESTALE, error(Requests.fallocate(NO_NODEID, 0, 0, 1)));
    byte[] otherHandle =
        RequestBytes.of(Opcode.FALLOCATE, simple).u64(1).u64(0).u64(1).u64(0).bytes();
    assertEquals(-Errno.EBADF, error(otherHandle));
  }

  @Test
  void aFileIsDataUpToItsEnd() {
    long size = TestVolume.SIMPLE_BYTES;
    assertEquals(7, seek(7, LseekIn.SEEK_DATA));
    assertEquals(size, seek(7, LseekIn.SEEK_HOLE));
    assertEquals(size - 1, seek(size - 1, LseekIn.SEEK_DATA));
    assertEquals(-Errno.ENXIO, error(Requests.lseek(simple, size, LseekIn.SEEK_DATA)));
    assertEquals(-Errno.ENXIO, error(Requests.lseek(simple, size, LseekIn.SEEK_HOLE)));
    assertEquals(-Errno.ENXIO, error(Requests.lseek(simple, -1, LseekIn.SEEK_DATA)));
    for (int whence : new int[] {0, 1, 2, 5, -1}) {
      assertEquals(-Errno.EINVAL, error(Requests.lseek(simple, 0, whence)));
    }
    assertEquals(-Errno.EISDIR, error(Requests.lseek(1, 0, LseekIn.SEEK_DATA)));
    assertEquals(-Errno.ESTALE, error(Requests.lseek(NO_NODEID, 0, LseekIn.SEEK_DATA)));
  }

  private long seek(long offset, int whence) {
    return LseekOut.offset(served.call(Requests.lseek(simple, offset, whence)).message(), 16);
  }

  @Test
  void bytesAreCopiedBetweenFilesOfDifferentMaps() {
    byte[] from = served.test.contents("striped");
    byte[] expected = served.test.contents("simple");
    int length = 3 * RANGE / 2;
    Reply reply =
        served.call(Requests.copy(Opcode.COPY_FILE_RANGE, striped, RANGE - 7, simple, 99, length));
    assertEquals(0, reply.error());
    assertEquals(length, WriteOut.size(reply.message(), 16));
    System.arraycopy(from, RANGE - 7, expected, 99, length);
    // Across the end of both: what is inside.
    Reply cut =
        served.call(
            Requests.copy(Opcode.COPY_FILE_RANGE_64, striped, 0, simple, RANGE, Long.MAX_VALUE));
    int rest = (int) TestVolume.SIMPLE_BYTES - RANGE;
    assertEquals(rest, CopyFileRangeOut.bytesCopied(cut.message(), 16));
    System.arraycopy(from, 0, expected, RANGE, rest);
    assertArrayEquals(expected, served.test.contents("simple"));
    assertArrayEquals(from, served.test.contents("striped"));
  }

  @Test
  void aCopyInsideOneFileMustNotOverlap() {
    byte[] expected = served.test.contents("striped");
    assertEquals(0, copy(striped, 0, striped, 1000, 1000));
    System.arraycopy(expected, 0, expected, 1000, 1000);
    assertEquals(-Errno.EINVAL, copy(striped, 0, striped, 999, 1000));
    assertEquals(-Errno.EINVAL, copy(striped, 999, striped, 0, 1000));
    assertEquals(-Errno.EINVAL, copy(striped, 5, striped, 5, 1));
    assertArrayEquals(expected, served.test.contents("striped"));
  }

  private int copy(long source, long fromOffset, long target, long toOffset, long length) {
    return error(
        Requests.copy(Opcode.COPY_FILE_RANGE, source, fromOffset, target, toOffset, length));
  }

  @Test
  void aCopyChecksItsArguments() {
    assertEquals(-Errno.EINVAL, copy(striped, -1, simple, 0, 1));
    assertEquals(-Errno.EINVAL, copy(striped, 0, simple, -1, 1));
    assertEquals(-Errno.EINVAL, copy(striped, 0, simple, 0, -1));
    assertEquals(0, copy(striped, Long.MAX_VALUE, simple, 0, 1));
    assertEquals(0, copy(striped, 0, simple, 0, 0));
    assertEquals(-Errno.EFBIG, copy(striped, 0, simple, TestVolume.SIMPLE_BYTES, 1));
    assertEquals(-Errno.EFBIG, copy(striped, 0, simple, Long.MAX_VALUE, 1));
    assertEquals(-Errno.ESTALE, copy(striped, 0, NO_NODEID, 0, 1));
    assertEquals(-Errno.ESTALE, copy(NO_NODEID, 0, simple, 0, 1));
    assertEquals(-Errno.EISDIR, copy(1, 0, simple, 0, 1));
    assertEquals(-Errno.EISDIR, copy(simple, 0, 1, 0, 1));
    byte[] flagged =
        RequestBytes.of(Opcode.COPY_FILE_RANGE, striped)
            .u64(striped)
            .u64(0)
            .u64(simple)
            .u64(simple)
            .u64(0)
            .u64(1)
            .u64(1)
            .bytes();
    assertEquals(-Errno.EINVAL, error(flagged));
    byte[] otherHandle =
        RequestBytes.of(Opcode.COPY_FILE_RANGE, striped)
            .u64(striped)
            .u64(0)
            .u64(simple)
            .u64(striped)
            .u64(0)
            .u64(1)
            .u64(0)
            .bytes();
    assertEquals(-Errno.EBADF, error(otherHandle));
  }

  @Test
  void statxGivesWhatItIsAskedForAndKnows() {
    int birthTime = 0x800;
    Reply reply = served.call(Requests.statx(simple, StatxOut.BASIC_STATS | birthTime));
    assertEquals(0, reply.error());
    assertEquals(StatxOut.BYTES, reply.bodyLength());
    assertEquals(StatxOut.BASIC_STATS, StatxOut.mask(reply.message(), 16));
    assertEquals(TestVolume.SIMPLE_BYTES, StatxOut.size(reply.message(), 16));
    assertEquals(0100644, StatxOut.mode(reply.message(), 16));
    assertEquals(1, StatxOut.mask(served.call(Requests.statx(simple, 1)).message(), 16));
    assertEquals(-Errno.ESTALE, error(Requests.statx(NO_NODEID, -1)));
    byte[] handle =
        RequestBytes.of(Opcode.STATX, simple).u32(1).u32(0).u64(striped).u32(0).u32(-1).bytes();
    assertEquals(-Errno.EBADF, error(handle));
  }

  @Test
  void syncfsIsAnswered() {
    assertEquals(0, error(Requests.syncfs()));
    assertEquals(-Errno.ESTALE, error(RequestBytes.of(Opcode.SYNCFS, NO_NODEID).u64(0).bytes()));
  }
}
