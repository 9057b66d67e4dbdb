package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.famfs.core.Errno;
import io.famfs.core.extent.Fmap;
import io.famfs.fuse.protocol.CreateIoctl;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DirectoryIoctlTest {
  private static final int USER = 1234;
  private static final int FLAG_DIRECTORY = 16;

  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = Served.standard();
  }

  @AfterEach
  void close() {
    served.close();
  }

  @Test
  void aFileIsMadeWithItsSizeModeAndOwner() {
    assertEquals(0, make(argument(CreateIoctl.KIND_FILE, 5000, "new", 0640, USER)));
    FileInode file = (FileInode) find("new");
    assertNotNull(file);
    assertEquals(5000, file.sizeBytes());
    assertEquals(0640, file.mode());
    assertEquals(USER, file.uid());
  }

  @Test
  void aDirectoryIsMadeAndTakesChildren() {
    assertEquals(0, make(argument(CreateIoctl.KIND_DIRECTORY, 0, "folder", 0755, 0)));
    DirectoryInode directory = (DirectoryInode) find("folder");
    assertNotNull(directory);
    byte[] child = argument(CreateIoctl.KIND_FILE, 0, "below", 0600, 0);
    assertEquals(0, call(directory.nodeid(), 0, CreateIoctl.REQUEST, child));
    assertNotNull(find("folder/below"));
  }

  @Test
  void whatExistsIsNotMadeAgain() {
    byte[] argument = argument(CreateIoctl.KIND_FILE, 1, "once", 0600, 0);
    assertEquals(0, make(argument));
    assertEquals(-Errno.EEXIST, make(argument));
  }

  @Test
  void onlyWhoMayWriteMakesAndOnlyForThemselves() {
    byte[] own = argument(CreateIoctl.KIND_FILE, 1, "mine", 0600, USER);
    assertEquals(-Errno.EACCES, call(Inode.ROOT_NODEID, USER, CreateIoctl.REQUEST, own));
    byte[] open = argument(CreateIoctl.KIND_DIRECTORY, 0, "open", 0777, 0);
    assertEquals(0, make(open));
    Inode parent = find("open");
    assertNotNull(parent);
    long directory = parent.nodeid();
    assertEquals(0, call(directory, USER, CreateIoctl.REQUEST, own));
    byte[] foreign = argument(CreateIoctl.KIND_FILE, 1, "yours", 0600, 0);
    assertEquals(-Errno.EPERM, call(directory, USER, CreateIoctl.REQUEST, foreign));
    assertNull(find("open/yours"));
  }

  @Test
  void namesAndKindsAreChecked() {
    for (String name : new String[] {"", ".", "..", "a/b", ".meta"}) {
      assertEquals(-Errno.EINVAL, make(argument(CreateIoctl.KIND_FILE, 1, name, 0600, 0)), name);
    }
    assertEquals(
        -Errno.ENAMETOOLONG, make(argument(CreateIoctl.KIND_FILE, 1, "x".repeat(80), 0600, 0)));
    assertEquals(-Errno.EINVAL, make(argument(7, 1, "kind", 0600, 0)));
    assertEquals(-Errno.EINVAL, make(argument(CreateIoctl.KIND_FILE, -1, "size", 0600, 0)));
    byte[] endless = argument(CreateIoctl.KIND_FILE, 1, "e", 0600, 0);
    Arrays.fill(endless, 24, CreateIoctl.BYTES, (byte) 'e');
    assertEquals(-Errno.EINVAL, make(endless));
    byte[] notText = argument(CreateIoctl.KIND_FILE, 1, "u", 0600, 0);
    notText[24] = (byte) 0xff;
    assertEquals(-Errno.EINVAL, make(notText));
    assertEquals(-Errno.ENOSPC, make(argument(CreateIoctl.KIND_FILE, 1L << 50, "huge", 0600, 0)));
  }

  @Test
  void otherIoctlsAndOtherTargetsAreNotOurs() {
    byte[] argument = argument(CreateIoctl.KIND_FILE, 1, "f", 0600, 0);
    assertEquals(-Errno.ENOTTY, call(Inode.ROOT_NODEID, 0, 0x80086601, argument));
    long file = served.test.nodeid("hello");
    assertEquals(-Errno.ENOTTY, call(file, 0, CreateIoctl.REQUEST, argument));
    byte[] cut = Arrays.copyOf(argument, CreateIoctl.BYTES - 1);
    assertEquals(-Errno.EINVAL, call(Inode.ROOT_NODEID, 0, CreateIoctl.REQUEST, cut));
    assertNull(find("f"));
  }

  @Test
  void spaceIsLaidOutAsAskedFor() {
    byte[] strips = placed("strips", 5 << 20, 2 << 20, 1, 0);
    assertEquals(0, call(Inode.ROOT_NODEID, 0, CreateIoctl.PLACED_REQUEST, strips));
    FileInode file = (FileInode) find("strips");
    assertNotNull(file);
    assertEquals(5 << 20, file.sizeBytes());
    Fmap.Interleaved map = assertInstanceOf(Fmap.Interleaved.class, file.fmap());
    assertEquals(2 << 20, map.chunkBytes());
    assertEquals(1, map.ranges().size());
    byte[] whole = placed("whole", 5 << 20, 0, 0, 0);
    put(whole, 284, CreateIoctl.LAYOUT_CONTIGUOUS);
    put(whole, 304, 0);
    assertEquals(0, call(Inode.ROOT_NODEID, 0, CreateIoctl.PLACED_REQUEST, whole));
    FileInode other = (FileInode) find("whole");
    assertNotNull(other);
    assertInstanceOf(Fmap.Simple.class, other.fmap());
  }

  @Test
  void layoutsThatCannotBeAreRefusedAndTakeNothing() {
    long free = served.test.volume().usage().freeBytes();
    Map<Integer, int[]> wrong =
        Map.of(
            280, new int[] {0, 2, -1},
            284, new int[] {2, -1, CreateIoctl.LAYOUT_CONTIGUOUS},
            288, new int[] {0, 1, 3 << 20, 1 << 20, 4096, -1},
            292, new int[] {-1, Integer.MIN_VALUE, 1},
            296, new int[] {0, -1, 17, 2, Integer.MAX_VALUE, Integer.MIN_VALUE},
            300, new int[] {-1, 64, 65, Integer.MAX_VALUE, Integer.MIN_VALUE},
            312, new int[] {1, -1},
            316, new int[] {1, -1});
    wrong.forEach((at, values) -> {
      for (int value : values) {
        byte[] argument = placed("f", 5 << 20, 2 << 20, 1, 0);
        put(argument, at, value);
        int result = call(Inode.ROOT_NODEID, 0, CreateIoctl.PLACED_REQUEST, argument);
        assertEquals(-Errno.EINVAL, result, at + ": " + value);
      }
    });
    byte[] directory = placed("f", 0, 2 << 20, 1, 0);
    put(directory, 20, CreateIoctl.KIND_DIRECTORY);
    assertEquals(-Errno.EINVAL, call(Inode.ROOT_NODEID, 0, CreateIoctl.PLACED_REQUEST, directory));
    assertNull(find("f"));
    assertEquals(free, served.test.volume().usage().freeBytes());
  }

  @Test
  void theLengthBelongsToTheNumber() {
    byte[] longer = placed("f", 5 << 20, 2 << 20, 1, 0);
    byte[] shorter = argument(CreateIoctl.KIND_FILE, 1, "f", 0600, 0);
    for (int length = 0; length < longer.length; length++) {
      byte[] cut = Arrays.copyOf(longer, length);
      int result = call(Inode.ROOT_NODEID, 0, CreateIoctl.PLACED_REQUEST, cut);
      assertEquals(-Errno.EINVAL, result, length + " bytes");
    }
    byte[] tooLong = Arrays.copyOf(longer, longer.length + 8);
    assertEquals(-Errno.EINVAL, call(Inode.ROOT_NODEID, 0, CreateIoctl.PLACED_REQUEST, tooLong));
    assertEquals(-Errno.EINVAL, call(Inode.ROOT_NODEID, 0, CreateIoctl.PLACED_REQUEST, shorter));
    assertEquals(-Errno.EINVAL, call(Inode.ROOT_NODEID, 0, CreateIoctl.REQUEST, longer));
    assertNull(find("f"));
  }

  private static byte[] placed(String name, long size, long chunk, int strips, int buckets) {
    MemorySegment argument = MemorySegment.ofArray(new long[CreateIoctl.PLACED_BYTES / Long.BYTES]);
    CreateIoctl.write(argument, CreateIoctl.KIND_FILE, size, name);
    CreateIoctl.owner(argument, 0600, 0, 0);
    CreateIoctl.interleave(argument, chunk, strips, buckets, 7);
    return argument.toArray(ValueLayout.JAVA_BYTE);
  }

  private static void put(byte[] argument, int at, int value) {
    MemorySegment.ofArray(argument)
        .set(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at, value);
  }

  private int make(byte[] argument) {
    return call(Inode.ROOT_NODEID, 0, CreateIoctl.REQUEST, argument);
  }

  private int call(long nodeid, int uid, int command, byte[] argument) {
    byte[] request =
        RequestBytes.of(Opcode.IOCTL, nodeid)
            .by(uid, uid)
            .u64(nodeid)
            .u32(FLAG_DIRECTORY)
            .u32(command)
            .u64(0)
            .u32(argument.length)
            .u32(0)
            .raw(argument)
            .bytes();
    return served.call(request).error();
  }

  private @Nullable Inode find(String path) {
    return served.test.volume().namespace().find(path);
  }

  private static byte[] argument(int kind, long size, String name, int mode, int owner) {
    MemorySegment argument = MemorySegment.ofArray(new long[CreateIoctl.BYTES / Long.BYTES]);
    CreateIoctl.write(argument, kind, size, name);
    CreateIoctl.owner(argument, mode, owner, owner);
    assertEquals(name.getBytes(StandardCharsets.UTF_8).length, nameLength(argument));
    return argument.toArray(ValueLayout.JAVA_BYTE);
  }

  private static int nameLength(MemorySegment argument) {
    byte[] name = CreateIoctl.name(argument, 0);
    return name == null ? -1 : name.length;
  }
}
