package io.famfs.doors;

import io.famfs.fuse.device.FuseMount;
import io.famfs.virtiofs.VirtioFsServer;

/// A door that is open.
sealed interface Door {

  DoorPlan plan();

  DoorReport report();

  void close();

  /// A socket.
  record Socket(DoorPlan.Socket plan, VirtioFsServer server) implements Door {
    @Override
    public DoorReport report() {
      return new DoorReport(plan, server.connected(), server.connections());
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /// A mount.
  record Mount(DoorPlan.Mount plan, FuseMount mount) implements Door {
    @Override
    public DoorReport report() {
      return new DoorReport(plan, 1, 1);
    }

    @Override
    public void close() {
      mount.close();
    }
  }
}
