package io.famfs.os.handover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.os.ChildProcess;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Io;
import io.famfs.os.JavaCommand;
import io.famfs.os.Memfd;
import io.famfs.os.ReplyPipe;
import io.famfs.os.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandoverTest {
  private static long word(Fd fd) {
    MemorySegment word = Arena.ofAuto().allocate(Long.BYTES, Long.BYTES);
    assertEquals(Long.BYTES, Io.pread(fd, word, 0, Long.BYTES, 0));
    return word.get(ValueLayout.JAVA_LONG, 0);
  }

  private static Fd file(long word) throws ErrnoException {
    Fd fd = Memfd.create("word", Long.BYTES);
    MemorySegment bytes = Arena.ofAuto().allocate(Long.BYTES, Long.BYTES);
    bytes.set(ValueLayout.JAVA_LONG, 0, word);
    assertEquals(Long.BYTES, Io.pwrite(fd, bytes, 0, Long.BYTES, 0));
    return fd;
  }

  @Test
  void whatIsLeftIsThereWhenWhoLeftItHasGone() throws Exception {
    try (FdHolder holder = FdHolder.open()) {
      Path socket = Path.of(String.valueOf(holder.environment().get("NOTIFY_SOCKET")));
      try (FdStore store = new FdStore(UnixSocket.connectDatagram(socket), Map.of());
          Fd one = file(1);
          Fd two = file(2);
          Fd three = file(3)) {
        store.keep("a.one", one);
        store.keep("a.two", two);
        store.keep("b.three", three);
        store.drop("a.one");
        store.keep("a.two", three);
        store.keep("not a name", one);
        store.ready();
        assertTrue(store.isKept());
      }
      holder.receive(0);
      assertTrue(holder.wasReady());
      assertFalse(holder.wasReady());
      assertEquals(2, holder.count());
      assertEquals(3, word(holder.fds().getFirst()), "a name is that of the descriptor left last");
    }
  }

  @Test
  void storeSeesThatNobodyKeepsAnythingAnyMore() throws Exception {
    FdHolder holder = FdHolder.open();
    Path socket = Path.of(String.valueOf(holder.environment().get("NOTIFY_SOCKET")));
    try (FdStore store = new FdStore(UnixSocket.connectDatagram(socket), Map.of())) {
      assertTrue(store.isKept());
      holder.close();
      assertFalse(store.isKept());
    }
  }

  /// The child is this test's JVM once more: what it was left is what its store takes.
  public static void main(String[] args) throws Exception {
    FdStore store = FdStore.ofEnvironment();
    assertNotNull(store);
    Map<String, Fd> taken = store.take("a.");
    long sum = 0;
    for (Map.Entry<String, Fd> entry : taken.entrySet()) {
      sum += word(entry.getValue()) * (entry.getKey().equals("two") ? 10 : 1);
    }
    store.drop("a.one");
    System.exit((int) sum);
  }

  @Test
  void nextProcessIsGivenWhatTheHolderKeeps() throws Exception {
    try (FdHolder holder = FdHolder.open();
        Fd one = file(1);
        Fd two = file(2)) {
      Path socket = Path.of(String.valueOf(holder.environment().get("NOTIFY_SOCKET")));
      try (FdStore store = new FdStore(UnixSocket.connectDatagram(socket), Map.of())) {
        store.keep("a.one", one);
        store.keep("other", one.duplicate());
        store.keep("a.two", two);
      }
      holder.receive(0);
      Map<String, String> environment = new HashMap<>(System.getenv());
      environment.putAll(holder.environment());
      List<String> command =
          new ArrayList<>(List.of("sh", "-c", "export LISTEN_PID=$$; exec \"$@\"", "sh"));
      command.addAll(JavaCommand.of(List.of(), HandoverTest.class));
      ChildProcess child =
          ChildProcess.start(Path.of("/bin/sh"), command, environment, holder.fds());
      assertEquals(new ChildProcess.End(21, false), child.await());
      holder.receive(0);
      assertEquals(2, holder.count());
    }
  }

  @Test
  void killedChildIsToldFromOneThatFails() throws Exception {
    ChildProcess sleeper =
        ChildProcess.start(Path.of("/bin/sleep"), List.of("sleep", "60"), Map.of(), List.of());
    sleeper.signal(9);
    assertEquals(new ChildProcess.End(137, true), sleeper.await());
    assertThrows(
        ErrnoException.class,
        () -> ChildProcess.start(Path.of("/no/such"), List.of("x"), Map.of(), List.of()));
  }

  @Test
  void recordIsOldOrNew() {
    MemorySegment memory = Arena.ofAuto().allocate(2 * 64, 8);
    StateRecord record = new StateRecord(memory);
    assertEquals(0, record.read().remaining());
    assertEquals(48, record.capacityBytes());
    for (int i = 1; i < 20; i++) {
      record.write(new byte[] {(byte) i, 7});
      ByteBuffer found = new StateRecord(memory).read();
      assertEquals(2, found.remaining());
      assertEquals(i, found.get());
      // What is cut off in the middle of the next one leaves this one.
      MemorySegment next = memory.asSlice(i % 2 == 1 ? 64 : 0, 64);
      next.set(ValueLayout.JAVA_LONG, 0, 0);
      next.asSlice(16).fill((byte) 0xee);
      assertEquals(i, new StateRecord(memory).read().get());
    }
    assertThrows(IllegalArgumentException.class, () -> record.write(new byte[49]));
  }

  @Test
  void memoryOfAnotherKindIsRefused() throws Exception {
    try (StateMemory made = StateMemory.create("test", 5, 8192)) {
      made.take(100).set(ValueLayout.JAVA_BYTE, 99, (byte) 3);
      made.take(8).set(ValueLayout.JAVA_BYTE, 0, (byte) 4);
      try (StateMemory found = StateMemory.adopt(made.fd().duplicate(), 5, 8192)) {
        assertEquals(3, found.take(100).get(ValueLayout.JAVA_BYTE, 99));
        assertEquals(4, found.take(8).get(ValueLayout.JAVA_BYTE, 0));
      }
      assertThrows(ErrnoException.class, () -> StateMemory.adopt(made.fd().duplicate(), 6, 8192));
      assertThrows(ErrnoException.class, () -> StateMemory.adopt(made.fd().duplicate(), 5, 4096));
    }
  }

  @Test
  void replyIsInThePipeOrSent() throws Exception {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket own = pair[0];
        UnixSocket peer = pair[1];
        ReplyPipe pipe = ReplyPipe.create()) {
      MemorySegment message = Arena.ofAuto().allocate(2068, 8).fill((byte) 9);
      assertFalse(pipe.isFull());
      assertEquals(2068, pipe.put(message, 2068));
      assertTrue(pipe.isFull());
      ReplyPipe successor =
          ReplyPipe.adopt(pipe.readEnd().duplicate(), pipe.writeEnd().duplicate());
      assertEquals(0, successor.send(own.fd()));
      assertFalse(pipe.isFull());
      MemorySegment received = Arena.ofAuto().allocate(4096, 8);
      assertEquals(2068, Io.read(peer.fd(), received, 0, 4096));
      assertEquals(9, received.get(ValueLayout.JAVA_BYTE, 2067));
      successor.close();
    }
  }
}
