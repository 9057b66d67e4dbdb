package io.famfs.fuse.device;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.handover.FdStore;
import io.famfs.os.handover.StateMemory;
import io.famfs.os.handover.StateRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/// What a mount leaves to the process after this one, under names with a prefix of its own.
///
/// | name | what |
/// |---|---|
/// | `state` | memory: what INIT agreed on |
/// | `0` | the descriptor of `/dev/fuse` that was mounted |
/// | `1` and so on | its clones: the kernel looks for a request only at the one it was read from |
///
/// A descriptor is left before anything is read from it.
final class MountMemory {
  private static final long LAYOUT = 1;
  private static final int SESSION_BYTES = 4096;
  private static final String STATE = "state";

  private final FdStore store;
  private final String prefix;
  private final StateMemory memory;
  private final StateRecord session;
  private final Map<Integer, Fd> left = new TreeMap<>();
  private int devices;

  private MountMemory(FdStore store, String prefix, StateMemory memory, Map<String, Fd> found) {
    this.store = store;
    this.prefix = prefix;
    this.memory = memory;
    session = new StateRecord(memory.take(SESSION_BYTES));
    found.forEach((name, fd) -> {
      int number = Integer.parseInt(name);
      left.put(number, fd);
      devices = Math.max(devices, number + 1);
    });
  }

  /// What another process has left of a mount, or nothing yet.
  ///
  /// @throws ErrnoException when it was left by a program of another kind
  static MountMemory of(FdStore store, Path directory) throws ErrnoException {
    CRC32C crc = new CRC32C();
    crc.update(directory.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8));
    String prefix = "mount." + Long.toHexString(crc.getValue()) + ".";
    Map<String, Fd> found = store.take(prefix);
    Fd state = found.remove(STATE);
    if (state == null) {
      found.values().forEach(Fd::close);
      StateMemory fresh = StateMemory.create("famfs-mount", LAYOUT, SESSION_BYTES);
      store.keep(prefix + STATE, fresh.fd());
      return new MountMemory(store, prefix, fresh, Map.of());
    }
    StateMemory memory = StateMemory.adopt(state, LAYOUT, SESSION_BYTES);
    return new MountMemory(store, prefix, memory, found);
  }

  /// Whether there is a mount that has had its INIT.
  boolean isLeft() {
    return !left.isEmpty() && session.read().hasRemaining();
  }

  /// The descriptors that another process has left, the mounted one first.
  List<Fd> devices() {
    return new ArrayList<>(left.values());
  }

  /// What INIT agreed on.
  StateRecord session() {
    return session;
  }

  /// Leaves one more descriptor of `/dev/fuse`.
  void keep(Fd device) {
    store.keep(prefix + devices, device);
    devices++;
  }

  /// Whether somebody keeps the mount for another process.
  boolean isKept() {
    return store.isKept();
  }

  /// Drops what was left of a mount that never had its INIT.
  ///
  /// @return whether there was something
  boolean discard() {
    boolean any = !left.isEmpty();
    left.values().forEach(Fd::close);
    dropDevices();
    return any;
  }

  /// The mount has ended, or nobody is to go on with it.
  void forget() {
    dropDevices();
    store.drop(prefix + STATE);
  }

  private void dropDevices() {
    for (int i = 0; i < devices; i++) {
      store.drop(prefix + i);
    }
    left.clear();
    devices = 0;
  }

  /// Lets go of the memory; nobody serves the mount any more.
  void close() {
    memory.close();
  }
}
