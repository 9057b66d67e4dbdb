package io.famfs.fuse.famfs;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.core.Errno;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.protocol.ExtentsIoctl;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.BigEndian;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import io.famfs.store.NewAttributes;
import io.famfs.store.NewFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FileIoctlTest {
  /// Where the answer begins in a reply: behind its header and `struct fuse_ioctl_out`.
  private static final int ANSWER = 32;

  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served = Served.standard();
  }

  @AfterEach
  void close() {
    served.close();
  }

  private static MemorySegment question(int first) {
    MemorySegment argument = MemorySegment.ofArray(new byte[ExtentsIoctl.BYTES]);
    ExtentsIoctl.ask(argument, 0, first);
    return argument;
  }

  private RequestBytes request(String path, int number, int inSize, int outSize) {
    long nodeid = served.test.nodeid(path);
    return RequestBytes.of(Opcode.IOCTL, nodeid)
        .u64(nodeid)
        .u32(0)
        .u32(number)
        .u64(0)
        .u32(inSize)
        .u32(outSize);
  }

  private Reply ask(String path, MemorySegment argument) {
    byte[] bytes = argument.toArray(ValueLayout.JAVA_BYTE);
    return served.call(
        request(path, ExtentsIoctl.REQUEST, bytes.length, ExtentsIoctl.BYTES).raw(bytes).bytes());
  }

  /// `_IOC(dir, 0xFA, 2, 680)` of asm-generic/ioctl.h and of the architectures with bits of their
  /// own (mips, powerpc, sparc, alpha: none 1, read 2, write 4, above bit 29; parisc: read 1, write
  /// 2).
  @Test
  void theNumberIsTheSameOnEveryArchitecture() {
    int body = 680 << 16 | 0xFA << 8 | 2;
    assertEquals(ExtentsIoctl.REQUEST, (2 | 1) << 30 | body);
    assertEquals(ExtentsIoctl.REQUEST, (2 | 4) << 29 | body);
    assertEquals(0xC2A8FA02, ExtentsIoctl.REQUEST);
  }

  @Test
  void theAnswerIsTheListOfTheFile() {
    for (String path : new String[] {"hello", "simple", "striped"}) {
      Reply reply = ask(path, question(0));
      assertEquals(0, reply.error());
      assertEquals(16 + ExtentsIoctl.BYTES, reply.bodyLength());
      MemorySegment m = reply.message();
      Fmap map = served.test.file(path).fmap();
      assertEquals(ExtentsIoctl.VERSION, ExtentsIoctl.version(m, ANSWER));
      assertEquals(served.test.file(path).sizeBytes(), ExtentsIoctl.sizeBytes(m, ANSWER));
      long chunk = map instanceof Fmap.Interleaved striped ? striped.chunkBytes() : 0;
      assertEquals(chunk, ExtentsIoctl.chunkBytes(m, ANSWER));
      assertEquals(map.ranges().size(), ExtentsIoctl.ranges(m, ANSWER));
      assertEquals(map.ranges(), ranges(m));
      assertEquals(
          served.test.volume().deviceUuid(0),
          ExtentsIoctl.device(m, ANSWER, map.ranges().size() - 1));
    }
  }

  private static List<DeviceRange> ranges(MemorySegment m) {
    List<DeviceRange> ranges = new ArrayList<>();
    for (int i = 0; i < ExtentsIoctl.count(m, ANSWER); i++) {
      ranges.add(ExtentsIoctl.range(m, ANSWER, i));
    }
    return ranges;
  }

  @Test
  void aProgramGoesOnWhereItWants() {
    List<DeviceRange> all = served.test.file("striped").fmap().ranges();
    for (int first = 0; first < all.size(); first++) {
      MemorySegment m = ask("striped", question(first)).message();
      assertEquals(all.size(), ExtentsIoctl.ranges(m, ANSWER));
      assertEquals(first, ExtentsIoctl.first(m, ANSWER));
      assertEquals(all.subList(first, all.size()), ranges(m));
    }
    assertEquals(-Errno.EINVAL, ask("striped", question(all.size())).error());
    assertEquals(-Errno.EINVAL, ask("striped", question(-1)).error());
  }

  @Test
  void versionsAndLengthsAreChecked() {
    MemorySegment later = question(0);
    later.set(JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, 2);
    assertEquals(-Errno.EINVAL, ask("hello", later).error());
    assertEquals(-Errno.EINVAL, ask("hello", question(0).asSlice(0, 679)).error());
    byte[] whole = question(0).toArray(ValueLayout.JAVA_BYTE);
    RequestBytes noRoom = request("hello", ExtentsIoctl.REQUEST, whole.length, 0).raw(whole);
    assertEquals(-Errno.EINVAL, served.call(noRoom.bytes()).error());
    RequestBytes cut = request("hello", ExtentsIoctl.REQUEST, whole.length, whole.length);
    assertEquals(-Errno.EINVAL, served.call(cut.raw(new byte[679]).bytes()).error());
    RequestBytes cramped = request("hello", ExtentsIoctl.REQUEST, whole.length, whole.length);
    byte[] request = cramped.raw(whole).bytes();
    assertEquals(-Errno.EINVAL, served.exchange.call(served.session, request, 32 + 679).error());
    RequestBytes other = request("hello", ExtentsIoctl.REQUEST + 1, whole.length, whole.length);
    assertEquals(-Errno.ENOTTY, served.call(other.raw(whole).bytes()).error());
    assertEquals(-Errno.ENOTTY, ask("dir", question(0)).error());
  }

  @Test
  void whatStillGrowsHasNoListYet() throws io.famfs.store.StoreException {
    NewFile made = served.test.volume().makeFile("growing", new NewAttributes(0644, 0, 0));
    assertEquals(-Errno.EBUSY, ask("growing", question(0)).error());
    made.lock();
    made.commit();
    made.unlock();
    assertEquals(0, ask("growing", question(0)).error());
  }

  @Test
  void aDescriptorForWritingOnlyIsNotEnough() throws IOException {
    byte[] whole = question(0).toArray(ValueLayout.JAVA_BYTE);
    served.close();
    served = new Served(TestVolume.inMemory(0240), FamfsOptions.standard(), null);
    RequestBytes own = request("hello", ExtentsIoctl.REQUEST, whole.length, whole.length);
    assertEquals(-Errno.EACCES, served.call(own.by(1000, 2000).raw(whole).bytes()).error());
    RequestBytes root = request("hello", ExtentsIoctl.REQUEST, whole.length, whole.length);
    assertEquals(0, served.call(root.raw(whole).bytes()).error());
  }

  @Test
  void aBigEndianClientAsksAndReadsInItsOrder() {
    MemorySegment little = ask("striped", question(1)).message();
    ClientOptions clients = ClientOptions.standard().withArchitecture(ClientArchitecture.S390);
    Session big = new FuseServer(served.files, clients).open(null);
    served.exchange.call(big, BigEndian.request(Requests.init()));
    MemorySegment question = question(1);
    turn(question, 0, Integer.BYTES, 2);
    byte[] bytes = question.toArray(ValueLayout.JAVA_BYTE);
    byte[] head =
        request("striped", ExtentsIoctl.REQUEST, bytes.length, bytes.length).raw(bytes).bytes();
    byte[] turned = BigEndian.request(Opcode.POLL, head);
    MemorySegment fields = MemorySegment.ofArray(turned);
    turn(fields, 40, Long.BYTES, 1);
    turn(fields, 48, Integer.BYTES, 2);
    turn(fields, 64, Integer.BYTES, 2);
    MemorySegment answer = served.exchange.call(big, turned).message();
    assertEquals(16 + 16 + ExtentsIoctl.BYTES, answer.byteSize());
    turn(answer, 32, Integer.BYTES, 2);
    turn(answer, 40, Long.BYTES, 2);
    turn(answer, 56, Integer.BYTES, 2);
    for (int at = 72; at < answer.byteSize(); at += 40) {
      turn(answer, at, Integer.BYTES, 1);
      turn(answer, at + 24, Long.BYTES, 2);
    }
    assertEquals(-1, little.asSlice(ANSWER).mismatch(answer.asSlice(ANSWER)));
    big.close();
  }

  private static void turn(MemorySegment m, long start, int width, int count) {
    for (long at = start; at < start + (long) width * count; at += width) {
      if (width == Integer.BYTES) {
        m.set(JAVA_INT_UNALIGNED, at, Integer.reverseBytes(m.get(JAVA_INT_UNALIGNED, at)));
      } else {
        m.set(JAVA_LONG_UNALIGNED, at, Long.reverseBytes(m.get(JAVA_LONG_UNALIGNED, at)));
      }
    }
  }
}
