package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.Attr;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.Export;
import io.famfs.fuse.server.IdMap;
import io.famfs.fuse.server.Identities;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Squash;
import io.famfs.store.namespace.Inode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Clients whose users and groups are others in the file system. `hello` belongs to 1000:2000 with
/// mode 0640 there.
class MappedDoorTest {
  private static final int SET_MODE = 1;
  private static final int SET_UID = 2;
  private static final int SET_GID = 4;
  private static final int SET_SIZE = 8;
  private static final int SET_MTIME = 1 << 5;
  private static final int SET_MTIME_NOW = 1 << 8;
  private static final int R = 4;
  private static final int W = 2;

  private @Nullable Served open;

  @AfterEach
  void close() {
    if (open != null) {
      assertEquals(0, open.server.stats().failures());
      open.close();
    }
  }

  private Served serve(List<String> map, String squash) throws IOException {
    IdMap ids = IdMap.parse(map);
    Identities identities = new Identities(ids, ids, Squash.parse(squash));
    open = Served.exporting(Export.all().as(identities), new PageTableWindow(64 << 20));
    return open;
  }

  /// A request of another user than root.
  private static byte[] by(int uid, int gid, byte[] request) {
    ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).putInt(24, uid).putInt(28, gid);
    return request;
  }

  private static void requireOwner(Inode inode, int uid, int gid) {
    assertEquals(uid + ":" + gid, inode.uid() + ":" + inode.gid());
  }

  private static void requireShown(Reply reply, int uid, int gid) {
    assertEquals(0, reply.error());
    String shown =
        Attr.uid(reply.message(), Served.ATTR_AT) + ":" + Attr.gid(reply.message(), Served.ATTR_AT);
    assertEquals(uid + ":" + gid, shown);
  }

  @Test
  void callersOwnWhatTheyMakeByTheirNumberOutside() throws IOException {
    Served served = serve(List.of("0:1000:10", "100:2000:10"), "none");
    served.test.inode("").setOwner(1000, 1000);
    assertEquals(0, served.call(by(3, 104, Requests.mkdir(1, "d", 0777))).error());
    requireOwner(served.test.inode("d"), 1003, 2004);
    long d = served.test.nodeid("d");
    assertEquals(0, served.call(by(0, 0, Requests.create(d, "f", 0600, 2))).error());
    requireOwner(served.test.inode("d/f"), 1000, 1000);
    assertEquals(0, served.call(by(1, 1, Requests.mknod(d, "n", 0100600))).error());
    requireOwner(served.test.inode("d/n"), 1001, 1001);
    requireShown(served.call(Requests.getattr(d)), 3, 104);
    requireShown(served.call(Requests.getattr(served.test.nodeid("hello"))), 0, 100);
    requireShown(served.call(Requests.getattr(served.test.nodeid("dir"))), 65534, 65534);
  }

  @Test
  void whoHasNoNumberOutsideOwnsNothing() throws IOException {
    Served served = serve(List.of("0:1000:10"), "none");
    served.test.inode("").setOwner(1000, 1000);
    for (byte[] make :
        new byte[][] {
          Requests.mkdir(1, "new", 0755),
          Requests.mknod(1, "new", 0100644),
          Requests.create(1, "new", 0644, 2)
        }) {
      assertEquals(-Errno.EOVERFLOW, served.call(by(10, 0, make)).error());
      assertEquals(-Errno.EOVERFLOW, served.call(by(0, 10, make)).error());
    }
    assertEquals(-Errno.ENOENT, served.call(Requests.lookup(1, "new")).error());
  }

  @Test
  void ownersAreSetByTheirNumberOutside() throws IOException {
    Served served = serve(List.of("0:1000:10", "100:2000:10"), "none");
    long hello = served.test.nodeid("hello");
    assertEquals(0, served.call(setattr(hello, SET_UID | SET_GID, 5)).error());
    requireOwner(served.test.inode("hello"), 1005, 1005);
    assertEquals(-Errno.EINVAL, served.call(setattr(hello, SET_UID, 11)).error());
    assertEquals(-Errno.EINVAL, served.call(setattr(hello, SET_GID, 1000)).error());
    requireOwner(served.test.inode("hello"), 1005, 1005);
  }

  private static byte[] setattr(long nodeid, int valid, int owner) {
    return Requests.setattr(nodeid, valid, 0, 0600, owner);
  }

  /// Files of owners without number inside: whoever asks has what the mode grants everybody, root
  /// of the guest as well.
  @Test
  void rootOfAGuestHasNoPowerOverWhatIsNotItsOwn() throws IOException {
    Served served = serve(List.of("0:5000:10"), "none");
    long hello = served.test.nodeid("hello");
    long nested = served.test.nodeid("dir/nested");
    Map<String, Integer> expected = new LinkedHashMap<>();
    expected.put("OPEN of 0640", served.call(Requests.open(Opcode.OPEN, hello, 0)).error());
    expected.put("READ of 0640", served.call(Requests.read(Opcode.READ, hello, 0, 5)).error());
    expected.put("WRITE of 0640", served.call(Requests.write(hello, 0, new byte[1])).error());
    expected.put("WRITE of 0644", served.call(Requests.write(nested, 0, new byte[1])).error());
    expected.put("OPEN of 0644", served.call(Requests.open(Opcode.OPEN, nested, 2)).error());
    expected.put("MKDIR in 0755", served.call(Requests.mkdir(1, "new", 0755)).error());
    expected.put("ACCESS", served.call(Requests.access(nested, W, 0, 0)).error());
    byte[] map = Requests.setupMapping(nested, 0, 0, 2 << 20, 3);
    expected.put("SETUPMAPPING to store", served.call(map).error());
    expected.forEach((what, error) -> assertEquals(-Errno.EACCES, error, what));
    assertEquals(-Errno.EPERM, served.call(setattr(nested, SET_MODE, 0)).error());
    assertEquals(0, served.call(Requests.open(Opcode.OPEN, nested, 0)).error());
    assertEquals(0, served.call(Requests.read(Opcode.READ, nested, 0, 5)).error());
    assertEquals(0, served.call(Requests.access(nested, R, 0, 0)).error());
    assertEquals(0, served.call(Requests.lookup(1, "hello")).error());
    assertEquals(0, served.call(Requests.setupMapping(nested, 0, 0, 2 << 20, 2)).error());
  }

  /// A group without number does the same: the kernel of the guest shows it as 65534, which
  /// somebody may be in.
  @Test
  void aGroupWithoutNumberCountsAsMuchAsAnOwner() throws IOException {
    Served served = serve(List.of("0:1000:10"), "none");
    long hello = served.test.nodeid("hello");
    int error = served.call(by(0, 0, Requests.open(Opcode.OPEN, hello, 0))).error();
    assertEquals(-Errno.EACCES, error);
  }

  @Test
  void squashedRootIsAUserLikeOthers() throws IOException {
    Served served = serve(List.of(), "root:1000:2000");
    long hello = served.test.nodeid("hello");
    long nested = served.test.nodeid("dir/nested");
    assertEquals(0, served.call(Requests.open(Opcode.OPEN, hello, 2)).error(), "its own");
    assertEquals(-Errno.EACCES, served.call(Requests.open(Opcode.OPEN, nested, 2)).error());
    assertEquals(0, served.call(Requests.open(Opcode.OPEN, nested, 0)).error());
    assertEquals(-Errno.EACCES, served.call(Requests.mkdir(1, "new", 0755)).error());
    assertEquals(-Errno.EACCES, served.call(Requests.access(nested, W, 0, 0)).error());
    assertEquals(-Errno.EPERM, served.call(setattr(nested, SET_MODE, 0)).error());
    assertEquals(0, served.call(setattr(hello, SET_MODE, 0)).error());
    assertEquals(-Errno.EPERM, served.call(setattr(hello, SET_UID, 7)).error(), "given away");
    assertEquals(-Errno.EPERM, served.call(setattr(hello, SET_GID, 7)).error());
    assertEquals(0, served.call(setattr(hello, SET_GID, 2000)).error());
    int nobody = served.call(by(7, 7, Requests.open(Opcode.OPEN, nested, 2))).error();
    assertEquals(0, nobody, "others were checked by their kernel");
  }

  @Test
  void everybodySquashedIsOneUser() throws IOException {
    Served served = serve(List.of(), "all:1000:2000");
    served.test.inode("dir").setOwner(1000, 2000);
    long dir = served.test.nodeid("dir");
    assertEquals(0, served.call(by(7, 8, Requests.create(dir, "f", 0444, 2))).error());
    Inode made = served.test.inode("dir/f");
    requireOwner(made, 1000, 2000);
    byte[] data = {1, 2, 3};
    int written = served.call(by(9, 9, Requests.write(made.nodeid(), 0, data))).error();
    assertEquals(0, written, "the owner writes to what it has made, whatever its mode");
    long nested = served.test.nodeid("dir/nested");
    assertEquals(-Errno.EACCES, served.call(Requests.write(nested, 0, data)).error());
    served.test.inode("hello").setOwner(1, 1);
    long hello = served.test.nodeid("hello");
    assertEquals(-Errno.EACCES, served.call(Requests.read(Opcode.READ, hello, 0, 5)).error());
    byte[] copy = Requests.copy(Opcode.COPY_FILE_RANGE, hello, 0, made.nodeid(), 0, 3);
    assertEquals(-Errno.EACCES, served.call(copy).error());
    byte[] back = Requests.copy(Opcode.COPY_FILE_RANGE, made.nodeid(), 0, nested, 0, 3);
    assertEquals(-Errno.EACCES, served.call(back).error());
  }

  @Test
  void aWriterSetsTheTimeToNowAndNoOther() throws IOException {
    Served served = serve(List.of(), "all:7:7");
    served.test.inode("hello").setMode(0666);
    long hello = served.test.nodeid("hello");
    assertEquals(0, served.call(setattr(hello, SET_MTIME | SET_MTIME_NOW, 0)).error());
    assertEquals(-Errno.EPERM, served.call(setattr(hello, SET_MTIME, 0)).error());
    byte[] sameSize = Requests.setattr(hello, SET_SIZE, 5, 0, 0);
    assertEquals(0, served.call(sameSize).error());
    served.test.inode("hello").setMode(0600);
    assertEquals(-Errno.EACCES, served.call(setattr(hello, SET_MTIME | SET_MTIME_NOW, 0)).error());
    assertEquals(-Errno.EACCES, served.call(sameSize).error());
  }

  @Test
  void aStickyDirectoryKeepsTheEntriesOfOthers() throws IOException {
    Served served = serve(List.of(), "root:7:7");
    served.test.inode("").setMode(01777);
    assertEquals(0, served.call(by(5, 5, Requests.create(1, "theirs", 0644, 2))).error());
    assertEquals(0, served.call(Requests.create(1, "own", 0644, 2)).error());
    int theirs = served.call(Requests.remove(Opcode.UNLINK, 1, "theirs")).error();
    assertEquals(-Errno.EPERM, theirs);
    assertEquals(0, served.call(Requests.remove(Opcode.UNLINK, 1, "own")).error());
    served.test.inode("").setMode(0777);
    assertEquals(0, served.call(Requests.remove(Opcode.UNLINK, 1, "theirs")).error());
  }

  /// The mode does not keep a squashed caller out of what the format forbids anyway: what matters
  /// is that the directories are looked at, both of them.
  @Test
  void bothDirectoriesOfARenameAreLookedAt() throws IOException {
    Served served = serve(List.of(), "root:7:7");
    served.test.inode("").setMode(0777);
    long dir = served.test.nodeid("dir");
    int error = served.call(Requests.rename2(1, "hello", dir, "moved", 0)).error();
    assertEquals(-Errno.EACCES, error);
    served.test.inode("dir").setMode(0777);
    assertEquals(-Errno.EPERM, served.call(Requests.rename2(1, "hello", dir, "m", 0)).error());
    served.test.inode("dir").setMode(0700);
    assertEquals(-Errno.EACCES, served.call(Requests.lookup(dir, "nested")).error());
    assertEquals(-Errno.EACCES, served.call(Requests.open(Opcode.OPENDIR, dir, 0)).error());
  }
}
