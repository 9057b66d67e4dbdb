package io.famfs.e2e.cases;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.doors.DeviceRight;
import io.famfs.e2e.JavaCommand;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.virtiofs.VirtioFsServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/// A server in a process of its own, one of two that guests go between.
final class MigratingServer implements AutoCloseable {
  static final UUID OWNER = new UUID(9, 9);
  static final String TAG = "moved";

  private final Process process;

  private MigratingServer(Process process) {
    this.process = process;
  }

  /// Starts one; guests can come in when this returns.
  ///
  /// @param incoming whether guests come to it from another server
  static MigratingServer start(Path device, Path socket, boolean incoming) throws IOException {
    List<String> command =
        JavaCommand.of(
            List.of("-XX:TieredStopAtLevel=1"),
            MigratingServer.class,
            device.toString(),
            socket.toString(),
            Boolean.toString(incoming));
    Process started =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader lines = started.inputReader();
    if (!"ready".equals(lines.readLine())) {
      started.destroyForcibly();
      throw new IOException("the server does not start");
    }
    return new MigratingServer(started);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// DEVICE SOCKET INCOMING.
  public static void main(String[] args) throws Exception {
    boolean incoming = Boolean.parseBoolean(args[2]);
    MappedDaxDevice device = DaxDevices.open(Path.of(args[0]), Mode.READ_WRITE);
    if (!incoming && !device.tryLock()) {
      throw new IOException("the device is in use");
    }
    OpenOptions how = incoming ? OpenOptions.forFollowing() : OpenOptions.forHost(OWNER);
    Volume volume = Volume.open(List.of(device), how);
    FamfsFileSystem files = new FamfsFileSystem(volume, FamfsOptions.standard());
    files.share(new DeviceRight(List.of(device), OWNER));
    VirtioFsServer.Options options = new VirtioFsServer.Options(Path.of(args[1]), TAG, 2, 0);
    VirtioFsServer server = new VirtioFsServer(options, List.of(device), new FuseServer(files));
    server.start();
    System.out.println("ready");
    // Until whoever has started this goes.
    while (System.in.read() >= 0) {
      // Nothing is said.
    }
    System.exit(0);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
