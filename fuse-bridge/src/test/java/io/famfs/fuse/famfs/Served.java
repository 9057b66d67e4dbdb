package io.famfs.fuse.famfs;

import io.famfs.fuse.protocol.AttrOut;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.protocol.EntryOut;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.Export;
import io.famfs.fuse.server.FuseFileSystem;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.MapOptions;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.MemoryExchange;
import io.famfs.fuse.server.MemoryExchange.Reply;
import io.famfs.fuse.server.Requests;
import io.famfs.fuse.server.Session;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A volume, a server for it and one connection of an x86 client that has had its INIT.
final class Served implements AutoCloseable {
  final TestVolume test;
  final FuseFileSystem files;
  final FuseServer server;
  final Session session;
  final MemoryExchange exchange = new MemoryExchange();
  final Reply initReply;

  Served(TestVolume test, FamfsOptions options, @Nullable MappingWindow window) {
    this(test, options, window, clients(), Requests.init());
  }

  private Served(
      TestVolume test,
      FamfsOptions options,
      @Nullable MappingWindow window,
      ClientOptions clients,
      byte[] init) {
    this.test = test;
    files = new FamfsFileSystem(test.volume(), options);
    server = new FuseServer(files, clients);
    session = server.open(window);
    initReply = call(init);
  }

  /// With a client that is told where files lie, by every way there is.
  static Served mapping(MapOptions maps) throws IOException {
    byte[] init = Requests.init(7, 45, -1, -1);
    return new Served(
        TestVolume.inMemory(), FamfsOptions.standard(), null, clients().withMaps(maps), init);
  }

  private static ClientOptions clients() {
    return ClientOptions.standard().withArchitecture(ClientArchitecture.X86);
  }

  /// With a client that gets something else than everything.
  static Served exporting(Export export, @Nullable MappingWindow window) throws IOException {
    ClientOptions clients = clients().withExport(export);
    TestVolume test = TestVolume.inMemory();
    return new Served(test, FamfsOptions.standard(), window, clients, Requests.init());
  }

  static Served standard() throws IOException {
    return new Served(TestVolume.inMemory(), FamfsOptions.standard(), null);
  }

  static Served with(@Nullable MappingWindow window) throws IOException {
    return new Served(TestVolume.inMemory(), FamfsOptions.standard(), window);
  }

  Reply call(byte[] request) {
    return exchange.call(session, request);
  }

  /// The attributes in a reply to GETATTR or SETATTR begin here.
  static final long ATTR_AT = 16 + AttrOut.ATTR_OFFSET;

  /// The attributes in a reply to LOOKUP begin here.
  static final long ENTRY_ATTR_AT = 16 + EntryOut.ATTR_OFFSET;

  @Override
  public void close() {
    session.close();
    test.close();
  }
}
