package io.famfs.doors;

import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.device.FuseMount;
import io.famfs.fuse.device.MountOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.SessionFactory;
import io.famfs.os.ErrnoException;
import io.famfs.os.handover.FdStore;
import io.famfs.virtiofs.VirtioFsServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The doors of one server: one store, one table of locks, any number of ways in.
///
/// Doors are added and removed one at a time, while clients of the others go on. Safe for use by
/// many threads.
public final class Doors implements AutoCloseable {
  /// Most doors of one server: each socket has threads and descriptors of its own.
  public static final int MAX_DOORS = 1024;

  private final FuseServer server;
  private final List<MappedDaxDevice> devices;

  /// Held while a door is made or removed, which can take seconds.
  private final Object changing = new Object();

  private final Map<Path, Door> doors = new LinkedHashMap<>();
  private boolean closed;
  private volatile @Nullable FdStore store;

  /// @param devices the volume's devices, in the order of the pieces' device indexes; they stay the
  ///   caller's and must stay open until this is closed
  public Doors(FuseServer server, List<MappedDaxDevice> devices) {
    this.server = server;
    this.devices = List.copyOf(devices);
  }

  /// Leaves clients to the process after this one, and goes on with those of the one before. Call
  /// before the first [#add].
  ///
  /// @throws DoorException when what the process before has left cannot be gone on with
  public void leaveTo(FdStore kept) throws DoorException {
    try {
      server.leaveTo(kept);
    } catch (ErrnoException e) {
      throw new DoorException(e.getMessage(), e, false);
    }
    store = kept;
  }

  /// Whether clients are left to another process when this is closed now: then the file system is
  /// not to be closed either.
  public boolean leaves() {
    FdStore kept = store;
    return kept != null && kept.isKept();
  }

  /// Opens a door. When this returns clients can come in.
  ///
  /// @throws DoorException when one is there already, when there are too many, or when the socket
  ///   or the mount cannot be had
  public void add(DoorPlan plan) throws DoorException {
    synchronized (changing) {
      synchronized (doors) {
        if (closed) {
          throw new DoorException("the server is ending");
        }
        if (doors.containsKey(plan.path())) {
          throw new DoorException("the server has a door at " + plan.path() + " already");
        }
        if (doors.size() == MAX_DOORS) {
          throw new DoorException("the server has " + MAX_DOORS + " doors, which is all it takes");
        }
      }
      Door made = open(plan);
      synchronized (doors) {
        doors.put(plan.path(), made);
      }
    }
  }

  private Door open(DoorPlan plan) throws DoorException {
    SessionFactory sessions = server.door(plan.clients());
    try {
      return switch (plan) {
        case DoorPlan.Socket socket -> {
          VirtioFsServer device = new VirtioFsServer(socket.options(), devices, sessions);
          FdStore kept = store;
          if (kept != null) {
            device.leaveTo(kept);
          }
          device.start();
          yield new Door.Socket(socket, device);
        }
        case DoorPlan.Mount mount -> {
          Door.Mount made = new Door.Mount(mount, mounted(mount.options(), sessions));
          String watcher = "end of " + plan.path();
          Thread.ofVirtual().name(watcher).start(() -> forgetWhenEnded(made));
          yield made;
        }
      };
    } catch (IOException e) {
      throw new DoorException(String.valueOf(e.getMessage()), e, false);
    } catch (IllegalArgumentException e) {
      throw new DoorException(String.valueOf(e.getMessage()), e, true);
    }
  }

  private FuseMount mounted(MountOptions options, SessionFactory sessions) throws IOException {
    FdStore kept = store;
    return kept == null
        ? FuseMount.mount(options, sessions)
        : FuseMount.mount(options, sessions, kept);
  }

  /// A mount can be ended by others: umount(8).
  private void forgetWhenEnded(Door.Mount ended) {
    try {
      ended.mount().awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    synchronized (changing) {
      synchronized (doors) {
        doors.remove(ended.plan().path(), ended);
      }
    }
    ended.remove();
  }

  /// Closes a door. Clients that are inside get errors for what they ask now and from now on.
  ///
  /// @param force whether to do so while clients are inside
  /// @return how it was
  /// @throws DoorException when there is no such door, or clients are inside and it is not forced
  public DoorReport remove(Path at, boolean force) throws DoorException {
    Path path = at.toAbsolutePath().normalize();
    synchronized (changing) {
      Door door;
      DoorReport before;
      synchronized (doors) {
        door = doors.get(path);
        if (door == null) {
          throw new DoorException("the server has no door at " + path);
        }
        before = door.report();
        if (before.connected() > 0 && !force) {
          throw new DoorException(
              path + " is in use by " + clients(before) + ": with --force they get errors");
        }
        doors.remove(path);
      }
      door.remove();
      return before;
    }
  }

  private static String clients(DoorReport report) {
    return switch (report.plan()) {
      case DoorPlan.Mount _ -> "this host";
      case DoorPlan.Socket _ ->
          report.connected() == 1 ? "a guest" : report.connected() + " guests";
    };
  }

  /// The doors there are, in the order in which they were added.
  public List<DoorReport> list() {
    synchronized (doors) {
      return doors.values().stream().map(Door::report).toList();
    }
  }

  /// The door at a path; null when there is none.
  public @Nullable DoorReport find(Path at) {
    synchronized (doors) {
      Door door = doors.get(at.toAbsolutePath().normalize());
      return door == null ? null : door.report();
    }
  }

  /// Closes all doors, the last one first. None can be added any more.
  @Override
  public void close() {
    List<Door> open;
    synchronized (doors) {
      closed = true;
    }
    synchronized (changing) {
      synchronized (doors) {
        open = new ArrayList<>(doors.values());
        doors.clear();
      }
      for (Door door : open.reversed()) {
        door.close();
      }
    }
  }
}
