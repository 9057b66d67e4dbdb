package io.famfs.doors;

import io.famfs.fuse.device.MountOptions;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.virtiofs.VirtioFsServer;
import java.nio.file.Path;

/// A door as it is to be: where it is and what its clients get.
public sealed interface DoorPlan {

  /// A socket where virtual machine monitors connect.
  ///
  /// @param options where it is and which device it is
  /// @param clients what the server is told about the guests
  record Socket(VirtioFsServer.Options options, ClientOptions clients) implements DoorPlan {
    @Override
    public Path path() {
      return options.socket().toAbsolutePath().normalize();
    }
  }

  /// A directory of this host.
  ///
  /// @param options where it is mounted and how
  /// @param clients what the server is told about this host's kernel
  record Mount(MountOptions options, ClientOptions clients) implements DoorPlan {
    @Override
    public Path path() {
      return options.directory().toAbsolutePath().normalize();
    }
  }

  /// Where it is: no other door of the server is there.
  Path path();

  /// What the server is told about its clients.
  ClientOptions clients();
}
