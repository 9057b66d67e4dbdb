package io.famfs.virtiofs;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.device.FuseMount;
import io.famfs.fuse.device.MountOptions;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.famfs.TestVolume;
import io.famfs.fuse.server.FuseServer;
import io.famfs.os.sandbox.Account;
import io.famfs.os.sandbox.LayerState;
import io.famfs.os.sandbox.PathAccess;
import io.famfs.os.sandbox.Sandbox;
import io.famfs.os.sandbox.SandboxSettings;
import java.nio.file.Path;
import java.util.List;

/// A process that opens a volume in its own memory and a door to it, locks itself in and serves
/// until its input ends.
final class LockedInServer {
  private LockedInServer() {}

  /// Runs in a process of its own.
  ///
  /// @param args `socket` or `mount`, where, and a user or an empty string
  public static void main(String[] args) throws Exception {
    Path place = Path.of(args[1]);
    SandboxSettings settings =
        SandboxSettings.standard()
            .withMode(SandboxSettings.Mode.AUTO)
            .withAccount(args[2].isEmpty() ? null : Account.parse(args[2]));
    try (MappedDaxDevice device = DaxDevices.memfd("locked in", TestVolume.DEVICE_BYTES);
        TestVolume test = TestVolume.on(device)) {
      FuseServer server =
          new FuseServer(new FamfsFileSystem(test.volume(), FamfsOptions.standard()));
      if (args[0].equals("mount")) {
        try (FuseMount mount = FuseMount.mount(MountOptions.at(place, "locked-in"), server)) {
          serve(settings.withUnmounts(), mount.directory().toString());
        }
      } else {
        VirtioFsServer.Options options =
            new VirtioFsServer.Options(place, "tag", 2, TestServer.WINDOW_BYTES);
        try (VirtioFsServer door = new VirtioFsServer(options, List.of(device), server)) {
          door.start();
          serve(
              settings.with(PathAccess.sockets(place.resolveSibling("."))),
              Long.toString(test.nodeid("simple")));
        }
      }
    }
    System.out.println("closed");
  }

  private static void serve(SandboxSettings settings, String word) throws Exception {
    for (LayerState state : Sandbox.enter(settings)) {
      System.out.println(state);
    }
    System.out.println("ready " + word);
    while (System.in.read() >= 0) {
      Thread.onSpinWait();
    }
  }
}
