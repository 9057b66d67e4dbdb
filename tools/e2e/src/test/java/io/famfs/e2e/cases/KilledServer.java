package io.famfs.e2e.cases;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.doors.DoorPlan;
import io.famfs.doors.Doors;
import io.famfs.fuse.device.MountOptions;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.os.handover.FdStore;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.virtiofs.VirtioFsServer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/// A server with one door in a process of its own, to be killed: what `famfs supervise serve` runs.
final class KilledServer {
  static final UUID OWNER = new UUID(7, 9);
  static final String TAG = "door";

  private KilledServer() {}

  /// `DEVICE socket PATH QUEUES WINDOW-BYTES` or `DEVICE mount DIRECTORY WORKERS`.
  public static void main(String[] args) throws Exception {
    FdStore store = FdStore.ofEnvironment();
    MappedDaxDevice device = DaxDevices.open(Path.of(args[0]), Mode.READ_WRITE);
    Volume volume = Volume.open(List.of(device), OpenOptions.forHost(OWNER));
    FuseServer fuse = new FuseServer(new FamfsFileSystem(volume, FamfsOptions.standard()));
    Doors doors = new Doors(fuse, List.of(device));
    Runtime.getRuntime().addShutdownHook(new Thread(doors::close));
    if (store != null) {
      doors.leaveTo(store);
    }
    doors.add(plan(args));
    if (store != null) {
      store.ready();
    }
    Thread.currentThread().join();
  }

  private static DoorPlan plan(String[] args) {
    Path path = Path.of(args[2]);
    int count = Integer.parseInt(args[3]);
    return switch (args[1]) {
      case "socket" ->
          new DoorPlan.Socket(
              new VirtioFsServer.Options(path, TAG, count, Long.parseLong(args[4])),
              ClientOptions.standard());
      case "mount" ->
          new DoorPlan.Mount(
              MountOptions.at(path, "killed").withWorkers(count), ClientOptions.standard());
      default -> throw new IllegalArgumentException(args[1]);
    };
  }
}
