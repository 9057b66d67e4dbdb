package io.famfs.virtiofs;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.Exchange;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.Session;
import io.famfs.fuse.server.SessionFactory;
import io.famfs.os.handover.FdStore;
import io.famfs.os.handover.StateRecord;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A server in a process of its own, to be killed. A request whose number is below -1000 kills it
/// once: an odd one before it is handled, an even one when it has been and the reply has not gone.
final class LeftServer {
  static final UUID OWNER = new UUID(7, 7);
  private static final int EXIT_CODE = 77;

  private LeftServer() {}

  /// DEVICE SOCKET WINDOW-BYTES DIRECTORY-OF-MARKS.
  public static void main(String[] args) throws Exception {
    FdStore store = FdStore.ofEnvironment();
    MappedDaxDevice device = DaxDevices.open(Path.of(args[0]), Mode.READ_WRITE);
    Volume volume = Volume.open(List.of(device), OpenOptions.forHost(OWNER));
    FuseServer fuse =
        new FuseServer(
            new FamfsFileSystem(volume, FamfsOptions.standard()),
            ClientOptions.standard().withArchitecture(ClientArchitecture.X86));
    if (store != null) {
      fuse.leaveTo(store);
    }
    Path marks = Path.of(args[3]);
    SessionFactory sessions =
        new SessionFactory() {
          @Override
          public Session open(@Nullable MappingWindow window) {
            return new Fatal(fuse.open(window), marks);
          }

          @Override
          public Session open(String name, @Nullable MappingWindow window) {
            return new Fatal(fuse.open(name, window), marks);
          }
        };
    VirtioFsServer.Options options =
        new VirtioFsServer.Options(Path.of(args[1]), "left", 2, Long.parseLong(args[2]));
    VirtioFsServer server = new VirtioFsServer(options, List.of(device), sessions);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    if (store != null) {
      server.leaveTo(store);
    }
    server.start();
    if (store != null) {
      store.ready();
    }
    Thread.currentThread().join();
  }

  private record Fatal(Session session, Path marks) implements Session {
    @Override
    public void handle(Exchange exchange) {
      long unique = exchange.in().get(ValueLayout.JAVA_LONG_UNALIGNED, 8);
      boolean fatal = unique < -1000 && !Files.exists(marks.resolve("killed" + unique));
      if (fatal && unique % 2 != 0) {
        end(unique);
      }
      session.handle(exchange);
      if (fatal) {
        end(unique);
      }
    }

    private void end(long unique) {
      try {
        Files.createFile(marks.resolve("killed" + unique));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Runtime.getRuntime().halt(EXIT_CODE);
    }

    @Override
    public void release(Exchange exchange) {
      session.release(exchange);
    }

    @Override
    public ByteOrder order() {
      return session.order();
    }

    @Override
    public void keepIn(StateRecord record) {
      session.keepIn(record);
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
