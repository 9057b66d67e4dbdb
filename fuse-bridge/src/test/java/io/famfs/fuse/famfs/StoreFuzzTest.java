package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.BigEndian;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseFileSystem;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.RepliesInOrder;
import io.famfs.fuse.server.RequestStream;
import io.famfs.fuse.server.RequestStream.Step;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/// Arbitrary bytes through a server of a small volume: nothing is thrown, every reply is
/// well-formed, and when the connection has ended every byte, every attribute and the map of space
/// is what the requests that succeeded have made of it.
///
/// The first byte says which architecture the client has, one that is little-endian or one that is
/// both, and whether it has a window; the rest is taken apart by [RequestStream].
///
/// A plain test run replays the known inputs and a request of every row of the table;
/// `JAZZER_FUZZ=1` searches for new ones, see the README.
class StoreFuzzTest {
  private static final int WINDOW_BYTES = 16 << 20;
  private static final int X86 = 0;
  private static final int POWERPC = 1;
  private static final int WITHOUT_WINDOW = 2;
  private static final MemoryExchange EXCHANGE = new MemoryExchange();

  private static @Nullable Stage stage;

  /// A volume that is as it was made, and its server.
  private static final class Stage {
    final TestVolume test;
    final VolumeModel model;
    final PageTableWindow window = new PageTableWindow(WINDOW_BYTES);
    final FuseServer x86;
    final FuseServer powerpc;

    Stage() {
      try {
        test = TestVolume.inMemory();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      model = new VolumeModel(test);
      FuseFileSystem files = new FamfsFileSystem(test.volume(), FamfsOptions.standard());
      ClientOptions clients = ClientOptions.standard();
      x86 = new FuseServer(files, clients.withArchitecture(ClientArchitecture.X86));
      powerpc = new FuseServer(files, clients.withArchitecture(ClientArchitecture.POWERPC));
    }
  }

  private static Stage stage() {
    Stage found = stage;
    if (found == null) {
      found = new Stage();
      stage = found;
    }
    return found;
  }

  static Stream<byte[]> everyRow() {
    return Stream.of(1, 2, 5)
        .flatMap(nodeid ->
            Stream.of(
                seed(X86, RequestStream.steps(ByteOrder.LITTLE_ENDIAN, nodeid)),
                seed(WITHOUT_WINDOW, RequestStream.steps(ByteOrder.LITTLE_ENDIAN, nodeid)),
                seed(POWERPC, RequestStream.steps(ByteOrder.BIG_ENDIAN, nodeid))));
  }

  private static byte[] seed(int architecture, byte[] steps) {
    byte[] seed = new byte[1 + steps.length];
    seed[0] = (byte) architecture;
    System.arraycopy(steps, 0, seed, 1, steps.length);
    return seed;
  }

  @MethodSource("everyRow")
  @FuzzTest(maxDuration = "10m")
  void anyBytesLeaveTheVolumeAsTheirRepliesSay(byte[] bytes) throws Exception {
    Stage on = stage();
    int first = bytes.length == 0 ? X86 : bytes[0];
    byte[] rest = bytes.length == 0 ? bytes : Arrays.copyOfRange(bytes, 1, bytes.length);
    RequestStream steps = new RequestStream(rest, on.model.nodeids());
    FuseServer server = (first & 1) == X86 ? on.x86 : on.powerpc;
    try (Session session = server.open((first & WITHOUT_WINDOW) == 0 ? on.window : null)) {
      send(on, session, Requests.init(), MemoryExchange.CAPACITY_BYTES);
      for (@Nullable Step step = steps.next(); step != null; step = steps.next()) {
        if (step.init() != null) {
          send(on, session, step.init(), MemoryExchange.CAPACITY_BYTES);
        }
        send(on, session, step.request(), step.room());
      }
      assertEquals(0, send(on, session, Requests.init(), MemoryExchange.CAPACITY_BYTES));
      byte[] getattr = Requests.getattr(1);
      assertEquals(0, send(on, session, getattr, MemoryExchange.CAPACITY_BYTES));
    }
    EXCHANGE.late().clear();
    assertTrue(on.window.pages.isEmpty(), "pages of a session that has ended");
    assertEquals(0, server.stats().failures());
    if (!on.model.require()) {
      on.test.close();
      stage = null;
    }
  }

  private static int send(Stage on, Session session, byte[] request, int room) {
    ByteOrder order = session.order();
    Reply reply = EXCHANGE.call(session, request, room);
    int result = RepliesInOrder.require(request, order, reply);
    if (result == 0 && request.length >= InHeader.BYTES) {
      boolean big = order == ByteOrder.BIG_ENDIAN;
      byte[] plain = big ? BigEndian.request(opcode(request), request) : request;
      byte[] message = reply.message().toArray(ValueLayout.JAVA_BYTE);
      byte[] turned = big ? BigEndian.reply(opcode(request), message) : message;
      on.model.succeeded(plain, MemorySegment.ofArray(turned).asSlice(16));
    }
    return result;
  }

  /// The opcode of a big-endian request.
  private static int opcode(byte[] request) {
    int opcode = Integer.reverseBytes(InHeader.opcode(MemorySegment.ofArray(request), 0));
    // An INIT that a client sends in the other order is nothing the model looks at.
    return opcode == Opcode.INIT_REVERSED ? Opcode.INIT : opcode;
  }
}
