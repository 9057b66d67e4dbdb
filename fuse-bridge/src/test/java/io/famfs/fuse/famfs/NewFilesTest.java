package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Attr;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OpenOut;
import io.famfs.fuse.protocol.SetattrIn;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Files that are made by CREATE and MKNOD: who sees them, and when they go into the log.
class NewFilesTest extends NewFilesFixture {
  @Test
  void aFileGrowsAndIsInTheLogAfterItsLastRelease() throws IOException {
    long free = served.test.volume().usage().freeBytes();
    Reply made =
        served.call(
            RequestBytes.of(Opcode.CREATE, 1)
                .by(7, 9)
                .u32(O_WRONLY | O_EXCL)
                .u32(0104751)
                .u32(022)
                .u32(0)
                .name("made")
                .bytes());
    assertEquals(0, made.error());
    long nodeid = EntryOut.nodeid(made.message(), 16);
    assertEquals(0104751, Attr.mode(made.message(), Served.ENTRY_ATTR_AT));
    assertEquals(7, Attr.uid(made.message(), Served.ENTRY_ATTR_AT));
    assertEquals(9, Attr.gid(made.message(), Served.ENTRY_ATTR_AT));
    assertEquals(0, Attr.size(made.message(), Served.ENTRY_ATTR_AT));
    assertEquals(nodeid, OpenOut.fh(made.message(), 16 + EntryOut.BYTES));
    byte[] data = random(1 << 20, 1);
    for (int i = 0; i < 5; i++) {
      assertEquals(0, error(Requests.write(nodeid, (long) i << 20, data)));
    }
    // Behind a gap.
    assertEquals(0, error(Requests.write(nodeid, (6 << 20) + 5, new byte[] {1, 2, 3})));
    // The other client sees it at once, a host that reads the log does not.
    assertEquals(0, secondError(Requests.lookup(1, "made")));
    assertArrayEquals(data, read(second, nodeid, 4 << 20, 1 << 20));
    assertArrayEquals(new byte[1000], read(second, nodeid, 5 << 20, 1000));
    assertArrayEquals(new byte[] {0, 1, 2, 3}, read(second, nodeid, (6 << 20) + 4, 4096));
    assertNull(inLog("made"));
    assertEquals(0, error(Requests.handle24(Opcode.FLUSH, nodeid)));
    assertNull(inLog("made"));
    assertEquals(0, error(Requests.release(nodeid, O_WRONLY)));
    FileInode logged = inLog("made");
    assertNotNull(logged);
    assertEquals((6 << 20) + 8, logged.sizeBytes());
    assertEquals(04751, logged.mode());
    assertEquals(7, logged.uid());
    assertEquals(nodeid, logged.nodeid());
    assertEquals(4L * RANGE, free - served.test.volume().usage().freeBytes());
    assertEquals(-Errno.EFBIG, error(Requests.write(nodeid, (6 << 20) + 8, new byte[] {1})));
    assertArrayEquals(data, Arrays.copyOf(served.test.contents("made"), 1 << 20));
  }

  @Test
  void theLastWriterOfAllClientsPutsItIntoTheLog() throws IOException {
    long nodeid = create("shared", O_RDWR);
    assertEquals(0, secondError(Requests.open(Opcode.OPEN, nodeid, O_WRONLY)));
    assertEquals(0, error(Requests.open(Opcode.OPEN, nodeid, O_RDWR)));
    assertEquals(0, error(Requests.open(Opcode.OPEN, nodeid, 0)));
    assertEquals(0, error(Requests.release(nodeid, O_RDWR)));
    assertEquals(0, error(Requests.release(nodeid, O_RDWR)));
    // What this client does not have it cannot release.
    for (int i = 0; i < 100; i++) {
      assertEquals(0, error(Requests.release(nodeid, O_RDWR)));
      assertEquals(0, error(Requests.release(nodeid, 0)));
    }
    assertNull(inLog("shared"));
    assertEquals(0, secondError(Requests.write(nodeid, 0, new byte[] {1})));
    assertEquals(0, secondError(Requests.release(nodeid, O_WRONLY)));
    FileInode logged = inLog("shared");
    assertNotNull(logged);
    assertEquals(1, logged.sizeBytes());
  }

  @Test
  void fsyncPutsItIntoTheLogAndFixesItsSize() throws IOException {
    long nodeid = create("synced", O_RDWR);
    assertEquals(0, error(Requests.write(nodeid, 0, new byte[100])));
    assertEquals(0, error(Requests.syncfs()));
    assertNull(inLog("synced"));
    assertEquals(0, error(Requests.fsync(Opcode.FSYNC, nodeid)));
    FileInode logged = inLog("synced");
    assertNotNull(logged);
    assertEquals(100, logged.sizeBytes());
    assertEquals(-Errno.EFBIG, error(Requests.write(nodeid, 100, new byte[1])));
    assertEquals(0, error(Requests.fsync(Opcode.FSYNC, nodeid)));
    assertEquals(0, error(Requests.release(nodeid, O_RDWR)));
  }

  @Test
  void theEndOfASessionReleasesItsHandles() throws IOException {
    long destroyed = create("destroyed", O_WRONLY);
    assertEquals(0, error(Requests.write(destroyed, 0, new byte[] {1})));
    assertEquals(0, secondError(Requests.open(Opcode.OPEN, destroyed, O_WRONLY)));
    assertEquals(0, error(RequestBytes.of(Opcode.DESTROY, 0).bytes()));
    assertNull(inLog("destroyed"));
    // A new session of the same client has none of the handles of the old one.
    assertEquals(0, error(Requests.init()));
    assertEquals(0, error(Requests.release(destroyed, O_WRONLY)));
    assertNull(inLog("destroyed"));
    long begun = create("begun", O_WRONLY);
    create("empty", 0);
    assertEquals(0, error(Requests.mknod(1, "node", 0100600)));
    assertEquals(0, error(Requests.init()));
    assertNotNull(inLog("begun"));
    assertNotNull(inLog("empty"));
    assertNotNull(inLog("node"));
    assertEquals(-Errno.EFBIG, error(Requests.write(begun, 0, new byte[1])));
    second.close();
    assertNotNull(inLog("destroyed"));
  }

  @Test
  void aFileThatMknodMadeWaitsForItsWriter() throws IOException {
    Reply made = served.call(Requests.mknod(1, "node", 0100640));
    assertEquals(0, made.error());
    assertEquals(EntryOut.BYTES, made.bodyLength());
    long nodeid = EntryOut.nodeid(made.message(), 16);
    assertEquals(0, secondError(Requests.open(Opcode.OPEN, nodeid, 0)));
    assertEquals(0, secondError(Requests.release(nodeid, 0)));
    assertNull(inLog("node"));
    assertEquals(0, secondError(Requests.open(Opcode.OPEN, nodeid, O_WRONLY)));
    assertEquals(0, secondError(Requests.write(nodeid, 0, new byte[10])));
    assertEquals(0, secondError(Requests.release(nodeid, O_WRONLY)));
    FileInode logged = inLog("node");
    assertNotNull(logged);
    assertEquals(10, logged.sizeBytes());
    assertEquals(-Errno.EEXIST, error(Requests.mknod(1, "node", 0100640)));
    for (int type : new int[] {0010000, 0020000, 0060000, 0140000, 0040000, 0120000}) {
      assertEquals(-Errno.EPERM, error(Requests.mknod(1, "special", type | 0600)));
    }
    assertEquals(0, error(Requests.mknod(1, "plain", 0600)));
  }

  @Test
  void aFileMadeForReadingIsEmptyForEver() throws IOException {
    long nodeid = create("empty", 0);
    assertEquals(0, secondError(Requests.open(Opcode.OPEN, nodeid, 0)));
    assertEquals(0, secondError(Requests.release(nodeid, 0)));
    assertNull(inLog("empty"));
    assertEquals(0, error(Requests.release(nodeid, 0)));
    FileInode logged = inLog("empty");
    assertNotNull(logged);
    assertEquals(0, logged.sizeBytes());
    assertEquals(-Errno.EFBIG, error(Requests.write(nodeid, 0, new byte[1])));
  }

  @Test
  void aNewFileCanBeRemoved() throws IOException {
    long free = served.test.volume().usage().freeBytes();
    long nodeid = create("passing", O_RDWR);
    assertEquals(0, error(Requests.write(nodeid, 3 * RANGE, new byte[10])));
    assertEquals(0, secondError(Requests.remove(Opcode.UNLINK, 1, "passing")));
    assertEquals(-Errno.ENOENT, error(Requests.lookup(1, "passing")));
    assertEquals(-Errno.ENOENT, error(Requests.remove(Opcode.UNLINK, 1, "passing")));
    // Who has it open goes on, and its name cannot be made anew before.
    assertEquals(-Errno.EBUSY, error(Requests.create(1, "passing", 0100644, O_RDWR)));
    byte[] data = random(3 * RANGE, 2);
    for (int at = 0; at < data.length; at += 1 << 20) {
      byte[] part = Arrays.copyOfRange(data, at, at + (1 << 20));
      assertEquals(0, error(Requests.write(nodeid, RANGE + at, part)));
    }
    assertArrayEquals(Arrays.copyOf(data, 1 << 20), read(served.session, nodeid, RANGE, 1 << 20));
    Reply held = served.call(Requests.getattr(nodeid));
    assertEquals(0, held.error());
    assertEquals(4 * RANGE, Attr.size(held.message(), 32));
    assertEquals(0, Attr.nlink(held.message(), 32));
    assertEquals(0, error(Requests.fsync(Opcode.FSYNC, nodeid)));
    assertEquals(0, error(Requests.open(Opcode.OPEN, nodeid, O_RDWR)));
    assertEquals(0, error(Requests.handle24(Opcode.FLUSH, nodeid)));
    assertEquals(0, error(Requests.release(nodeid, O_RDWR)));
    assertArrayEquals(Arrays.copyOf(data, 100), read(served.session, nodeid, RANGE, 100));
    assertEquals(0, error(Requests.release(nodeid, O_RDWR)));
    assertEquals(free, served.test.volume().usage().freeBytes());
    for (byte[] request :
        List.of(
            Requests.getattr(nodeid),
            Requests.write(nodeid, 0, new byte[1]),
            Requests.read(Opcode.READ, nodeid, 0, 1),
            Requests.fsync(Opcode.FSYNC, nodeid),
            Requests.fallocate(nodeid, 0, 0, 1),
            Requests.setattr(nodeid, SetattrIn.VALID_SIZE, 0, 0, 0))) {
      assertEquals(-Errno.ESTALE, error(request));
    }
    assertEquals(-Errno.ESTALE, error(Requests.release(nodeid, O_RDWR)));
    assertNull(inLog("passing"));
    // The name is free, a listing has no hole in it, and a directory knows when it is empty.
    create("passing", O_RDWR);
    assertEquals(0, error(Requests.mkdir(1, "directory", 0755)));
    long directory = served.test.nodeid("directory");
    assertEquals(0, error(Requests.create(directory, "below", 0100644, O_WRONLY)));
    assertEquals(-Errno.ENOTEMPTY, error(Requests.remove(Opcode.RMDIR, 1, "directory")));
    assertEquals(0, error(Requests.remove(Opcode.UNLINK, directory, "below")));
    assertEquals(-Errno.EPERM, error(Requests.remove(Opcode.RMDIR, 1, "directory")));
    Reply end = served.call(Requests.read(Opcode.READDIR, directory, 2, 4096));
    assertEquals(0, end.error());
    assertEquals(0, end.bodyLength());
  }

  @Test
  void modeAndOwnerOfANewFileGoIntoTheLog() throws IOException {
    long nodeid = create("owned", O_WRONLY);
    int all = SetattrIn.VALID_MODE | SetattrIn.VALID_UID | SetattrIn.VALID_GID;
    assertEquals(0, error(Requests.setattr(nodeid, all, 0, 0102711, 44)));
    assertEquals(0, error(Requests.release(nodeid, O_WRONLY)));
    FileInode logged = inLog("owned");
    assertNotNull(logged);
    assertEquals(02711, logged.mode());
    assertEquals(44, logged.uid());
    assertEquals(44, logged.gid());
    // Afterwards they change in memory alone.
    assertEquals(0, error(Requests.setattr(nodeid, all, 0, 0100600, 45)));
    assertEquals(45, served.test.inode("owned").uid());
    FileInode still = inLog("owned");
    assertNotNull(still);
    assertEquals(44, still.uid());
  }

  @Test
  void aFileInADirectoryWithTheGroupBitGetsItsGroup() {
    assertEquals(
        0,
        error(RequestBytes.of(Opcode.MKDIR, 1).by(7, 9).u32(02775).u32(022).name("team").bytes()));
    long team = served.test.nodeid("team");
    byte[] created =
        RequestBytes.of(Opcode.CREATE, team).by(5, 6).u64(1).u64(0).name("file").bytes();
    assertEquals(0, error(created));
    assertEquals(9, served.test.inode("team/file").gid());
    assertEquals(5, served.test.inode("team/file").uid());
    assertEquals(
        0,
        error(
            RequestBytes.of(Opcode.MKNOD, team).by(5, 6).u64(0100600).u64(0).name("node").bytes()));
    assertEquals(9, served.test.inode("team/node").gid());
  }

  @Test
  void createOpensWhatIsThere() {
    assertEquals(-Errno.EEXIST, error(Requests.create(1, "hello", 0100644, O_RDWR | O_EXCL)));
    assertEquals(-Errno.EISDIR, error(Requests.create(1, "dir", 0100644, O_RDWR)));
    assertEquals(-Errno.EISDIR, error(Requests.create(1, ".", 0100644, O_RDWR)));
    Reply opened = served.call(Requests.create(1, "hello", 0100600, O_RDWR));
    assertEquals(0, opened.error());
    assertEquals(5, Attr.size(opened.message(), Served.ENTRY_ATTR_AT));
    assertEquals(0100640, Attr.mode(opened.message(), Served.ENTRY_ATTR_AT));
    assertEquals(-Errno.EPERM, error(Requests.create(1, "hello", 0100644, O_RDWR | O_TRUNC)));
    // A kernel that has not looked at the mode is told to look again.
    byte[] stranger =
        RequestBytes.of(Opcode.CREATE, 1)
            .by(5, 6)
            .u32(O_WRONLY)
            .u32(0100644)
            .u64(0)
            .name("hello")
            .bytes();
    assertEquals(-Errno.ESTALE, error(stranger));
    byte[] owner =
        RequestBytes.of(Opcode.CREATE, 1)
            .by(TestVolume.HELLO_UID, 6)
            .u32(O_WRONLY)
            .u32(0100644)
            .u64(0)
            .name("hello")
            .bytes();
    assertEquals(0, error(owner));
    long nodeid = create("new", O_WRONLY);
    assertEquals(0, error(Requests.write(nodeid, 0, new byte[10])));
    assertEquals(0, secondError(Requests.create(1, "new", 0100644, O_WRONLY | O_TRUNC)));
    assertEquals(0, served.test.inode("new").sizeBytes());
    assertEquals(0, error(Requests.release(nodeid, O_WRONLY)));
    assertFalse(served.test.file("new").isCommitted());
    assertEquals(0, secondError(Requests.release(nodeid, O_WRONLY)));
    assertTrue(served.test.file("new").isCommitted());
  }

  @Test
  void createSaysWhyNot() {
    long hello = served.test.nodeid("hello");
    assertEquals(-Errno.ENOTDIR, error(Requests.create(hello, "x", 0100644, O_RDWR)));
    assertEquals(-Errno.ESTALE, error(Requests.create(0x7777, "x", 0100644, O_RDWR)));
    assertEquals(-Errno.EINVAL, error(Requests.create(1, "", 0100644, O_RDWR)));
    assertEquals(-Errno.EINVAL, error(Requests.create(1, "a/b", 0100644, O_RDWR)));
    assertEquals(-Errno.ENAMETOOLONG, error(Requests.create(1, "n".repeat(256), 0100644, 1)));
    assertEquals(-Errno.ENAMETOOLONG, error(Requests.create(1, "n".repeat(80), 0100644, 1)));
    byte[] notUtf8 =
        RequestBytes.of(Opcode.CREATE, 1).u64(1).u64(0).raw(new byte[] {'a', -1, 0}).bytes();
    assertEquals(-Errno.EINVAL, error(notUtf8));
  }

  @Test
  void aHandleMustNotOverflow() {
    long nodeid = create("counted", O_WRONLY);
    byte[] open = Requests.open(Opcode.OPEN, nodeid, O_WRONLY);
    for (int i = 1; i < FilesInMaking.MAX_HANDLES; i++) {
      assertEquals(0, error(open));
    }
    assertEquals(-Errno.ENFILE, error(open));
    assertEquals(0, secondError(open));
    assertEquals(0, error(Requests.release(nodeid, O_WRONLY)));
    assertEquals(0, error(open));
  }
}
