package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.core.Errno;
import io.famfs.core.extent.ExtentList;
import io.famfs.core.extent.ExtentText;
import io.famfs.fuse.protocol.GetxattrOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.store.NewAttributes;
import io.famfs.store.NewFile;
import java.text.ParseException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExtentAttributeTest {
  private static final int ROOM = 65_536;
  private Served served;

  @BeforeEach
  void serve() throws java.io.IOException {
    served = Served.standard();
  }

  @AfterEach
  void close() {
    served.close();
  }

  private Reply get(String path, String name, int room) {
    return served.call(Requests.getxattr(served.test.nodeid(path), name, room));
  }

  @Test
  void theValueIsTheListOfTheFile() throws ParseException {
    for (String path : new String[] {"hello", "dir/nested", "simple", "striped"}) {
      Reply reply = get(path, ExtentText.ATTRIBUTE, ROOM);
      assertEquals(0, reply.error());
      ExtentList list = ExtentText.decode(reply.body());
      assertEquals(served.test.file(path).sizeBytes(), list.sizeBytes());
      assertEquals(served.test.file(path).fmap(), list.map());
      assertEquals(Map.of(0, served.test.volume().deviceUuid(0)), list.devices());
    }
  }

  @Test
  void withoutRoomTheSizeIsToldAndWithTooLittleIsRefused() {
    int bytes = get("striped", ExtentText.ATTRIBUTE, ROOM).bodyLength();
    Reply probe = get("striped", ExtentText.ATTRIBUTE, 0);
    assertEquals(GetxattrOut.BYTES, probe.bodyLength());
    assertEquals(bytes, GetxattrOut.size(probe.message(), 16));
    assertEquals(bytes, get("striped", ExtentText.ATTRIBUTE, bytes).bodyLength());
    assertEquals(-Errno.ERANGE, get("striped", ExtentText.ATTRIBUTE, bytes - 1).error());
    assertEquals(bytes, get("striped", ExtentText.ATTRIBUTE, -1).bodyLength());
    byte[] request = Requests.getxattr(served.test.nodeid("striped"), ExtentText.ATTRIBUTE, ROOM);
    Reply cramped = served.exchange.call(served.session, request, 16 + bytes - 1);
    assertEquals(-Errno.EINVAL, cramped.error());
  }

  @Test
  void allOtherAttributesAreNotThere() {
    for (String name : new String[] {"security.selinux", "system.posix_acl_access", "trusted.x"}) {
      assertEquals(-Errno.EOPNOTSUPP, get("hello", name, ROOM).error(), name);
      assertEquals(-Errno.EOPNOTSUPP, get("dir", name, 0).error(), name);
    }
    for (String name : new String[] {"user.famfs.extent", "user.famfs.extents2", "user.a/b"}) {
      assertEquals(-Errno.ENODATA, get("hello", name, ROOM).error(), name);
    }
    assertEquals(-Errno.EOPNOTSUPP, get("hello", "user.", ROOM).error());
    assertEquals(-Errno.ENODATA, get("dir", ExtentText.ATTRIBUTE, ROOM).error());
    assertEquals(-Errno.EINVAL, get("hello", "", ROOM).error());
    assertEquals(-Errno.ENAMETOOLONG, get("hello", "user." + "x".repeat(251), ROOM).error());
    assertEquals(
        -Errno.ESTALE, served.call(Requests.getxattr(99, ExtentText.ATTRIBUTE, 0)).error());
    byte[] endless = RequestBytes.of(Opcode.GETXATTR, 1).u64(0).raw(new byte[] {'u'}).bytes();
    assertEquals(-Errno.EINVAL, served.call(endless).error());
  }

  @Test
  void onlyWhoMayReadTheFileSeesWhereItLies() {
    // hello is 0640, of user 1000 and group 2000.
    assertEquals(0, getAs(1000, 1));
    assertEquals(0, getAs(7, 2000));
    // Whoever is in the group by one of its further ones the kernel has let pass.
    assertEquals(0, getAs(7, 7));
    served.close();
    served = ownerMayNotRead();
    assertEquals(-Errno.EACCES, getAs(1000, 2000));
    assertEquals(0, getAs(0, 0));
    assertEquals(0, getAs(7, 7));
  }

  private int getAs(int uid, int gid) {
    byte[] request =
        RequestBytes.of(Opcode.GETXATTR, served.test.nodeid("hello"))
            .by(uid, gid)
            .u64(0)
            .name(ExtentText.ATTRIBUTE)
            .bytes();
    return served.call(request).error();
  }

  private static Served ownerMayNotRead() {
    try {
      return new Served(TestVolume.inMemory(0240), FamfsOptions.standard(), null);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void whatStillGrowsHasNoListYet() throws io.famfs.store.StoreException {
    NewFile made = served.test.volume().makeFile("growing", new NewAttributes(0644, 0, 0));
    made.lock();
    made.resize(5);
    assertEquals(-Errno.EBUSY, get("growing", ExtentText.ATTRIBUTE, ROOM).error());
    made.commit();
    made.unlock();
    assertEquals(0, get("growing", ExtentText.ATTRIBUTE, ROOM).error());
  }

  @Test
  void nothingIsListedAndNothingChanged() {
    long hello = served.test.nodeid("hello");
    Reply probe = served.call(Requests.listxattr(hello, 0));
    assertEquals(0, probe.error());
    assertEquals(0, GetxattrOut.size(probe.message(), 16));
    Reply list = served.call(Requests.listxattr(hello, ROOM));
    assertEquals(0, list.error());
    assertEquals(0, list.bodyLength());
    assertEquals(-Errno.ESTALE, served.call(Requests.listxattr(99, ROOM)).error());
    byte[] value = {1, 2, 3};
    String ours = ExtentText.ATTRIBUTE;
    assertEquals(-Errno.EPERM, served.call(Requests.setxattr(hello, ours, value)).error());
    assertEquals(-Errno.EPERM, served.call(Requests.removexattr(hello, ours)).error());
    assertEquals(-Errno.EOPNOTSUPP, served.call(Requests.setxattr(hello, "user.x", value)).error());
    assertEquals(-Errno.EOPNOTSUPP, served.call(Requests.removexattr(hello, "user.a/b")).error());
    assertEquals(-Errno.ESTALE, served.call(Requests.removexattr(99, "user.x")).error());
  }
}
