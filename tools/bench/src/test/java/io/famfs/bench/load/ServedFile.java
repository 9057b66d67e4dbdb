package io.famfs.bench.load;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.Volume;
import io.famfs.virtiofs.VirtioFsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/// A volume with one file, served in the test's own process.
final class ServedFile implements AutoCloseable {
  static final String NAME = "d/file";
  static final int FILE_BYTES = 8 << 20;
  static final int QUEUES = 2;

  private static final long DEVICE_BYTES = 64L << 20;
  private static final long WINDOW_BYTES = 16L << 20;

  final Path directory = Files.createTempDirectory("load");
  final MappedDaxDevice device = DaxDevices.memfd("load test", DEVICE_BYTES);
  private final Volume volume;
  private final VirtioFsServer server;

  ServedFile(boolean window) throws IOException {
    volume = Volume.format(List.of(device), FormatOptions.ownedBy(UUID.randomUUID()));
    volume.mkdir("d", 0755, 0, 0);
    try (FileCreation creation = volume.create(NAME, FILE_BYTES, 0644, 0, 0)) {
      creation.commit();
    }
    FuseServer fuse = new FuseServer(new FamfsFileSystem(volume, FamfsOptions.standard()));
    server =
        new VirtioFsServer(
            new VirtioFsServer.Options(socket(), "load", QUEUES, window ? WINDOW_BYTES : 0),
            List.of(device),
            fuse);
    server.start();
  }

  Path socket() {
    return directory.resolve("s");
  }

  LoadClient client(int queues, int depth) throws IOException {
    return LoadClient.connect(new LoadOptions(socket(), NAME, queues, depth, 30_000));
  }

  @Override
  public void close() throws IOException {
    server.close();
    volume.close();
    device.close();
    Files.deleteIfExists(socket());
    Files.delete(directory);
  }
}
