package io.famfs.e2e.cases;

import io.famfs.dax.MappedDaxDevice;
import io.famfs.e2e.VirtioFsDevice;
import io.famfs.fuse.server.FuseFileSystem;
import io.famfs.fuse.server.FuseServer;
import io.famfs.virtiofs.VirtioFsServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A socket on which a volume is served, with counters of its own.
///
/// @param options tag, socket, queues, window
/// @param fuse the FUSE server behind it
/// @param server what listens on the socket
record Door(VirtioFsServer.Options options, FuseServer fuse, VirtioFsServer server)
    implements AutoCloseable {
  /// Ends a guest's wait for an answer that never comes, well inside the time limit of a case.
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

  static Door open(
      FuseFileSystem files,
      MappedDaxDevice device,
      Path directory,
      String tag,
      int requestQueues,
      long windowBytes)
      throws IOException {
    FuseServer fuse = new FuseServer(files, REQUEST_TIMEOUT);
    VirtioFsServer.Options options =
        new VirtioFsServer.Options(
            directory.resolve(tag + ".sock"), tag, requestQueues, windowBytes);
    VirtioFsServer server = new VirtioFsServer(options, List.of(device), fuse);
    server.start();
    return new Door(options, fuse, server);
  }

  /// The device of a guest that uses this door.
  VirtioFsDevice device() {
    VirtioFsDevice device =
        options.windowBytes() > 0
            ? VirtioFsDevice.withWindow(options.socket(), options.tag())
            : VirtioFsDevice.plain(options.socket(), options.tag());
    return device.requestQueues(options.requestQueues());
  }

  @Override
  public void close() {
    server.close();
  }
}
