package io.famfs.virtiofs;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.doors.DeviceRight;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.MigrationPolicy;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/// One of several servers of a volume, as processes of their own are: it has the device open for
/// itself, and its own picture of the volume.
final class MigratingServer implements AutoCloseable {
  static final UUID OWNER = new UUID(8, 8);

  final Path socket;
  final MappedDaxDevice device;
  final Volume volume;
  final FuseServer fuse;
  final VirtioFsServer server;

  /// @param incoming whether another server has the right to create
  MigratingServer(Path deviceFile, Path socket, boolean incoming, MigrationPolicy policy)
      throws IOException {
    this.socket = socket;
    device = DaxDevices.open(deviceFile, Mode.READ_WRITE);
    if (!incoming && !device.tryLock()) {
      throw new IOException("the device is in use");
    }
    volume =
        Volume.open(
            List.of(device), incoming ? OpenOptions.forFollowing() : OpenOptions.forHost(OWNER));
    FamfsFileSystem files = new FamfsFileSystem(volume, FamfsOptions.standard());
    files.share(new DeviceRight(List.of(device), OWNER));
    fuse = new FuseServer(files, ClientOptions.standard().withMigration(policy));
    server =
        new VirtioFsServer(new VirtioFsServer.Options(socket, "tag0", 2, 0), List.of(device), fuse);
    server.start();
  }

  /// Until a request waits for a lock.
  void awaitWaiting() {
    while (fuse.waitingForLocks() == 0) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    server.close();
    volume.close();
    device.close();
  }
}
