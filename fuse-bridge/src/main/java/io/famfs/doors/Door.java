package io.famfs.doors;

import io.famfs.fuse.device.FuseMount;
import io.famfs.virtiofs.VirtioFsServer;

/// A door that is open.
sealed interface Door {

  DoorPlan plan();

  DoorReport report();

  /// Closes it; clients that somebody keeps for another process are left to that.
  void close();

  /// Closes it for good.
  void remove();

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

    @Override
    public void remove() {
      server.remove();
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

    @Override
    public void remove() {
      mount.remove();
    }
  }
}
