package io.famfs.dax;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The mark of the one process of this host that may change a device: an exclusive `flock(2)` on
/// it.
///
/// The same file locks itself through every path and link. A character device does not, because
/// each node of it is a file of its own; its attribute file in sysfs is locked as well, which every
/// node leads to.
final class DeviceLock implements AutoCloseable {
  private final Fd device;
  private final @Nullable Path lockFile;
  private @Nullable Fd common;

  /// A lock on what `device`, which stays the caller's, is open on.
  ///
  /// @param lockFile the file that all nodes of the device share, null when it needs none
  DeviceLock(Fd device, @Nullable Path lockFile) {
    this.device = device;
    this.lockFile = lockFile;
  }

  /// Takes the mark if it is free. What it opens it keeps open, so that a process that may not open
  /// files any more can take it again.
  synchronized boolean tryLock() throws ErrnoException {
    if (lockFile != null && common == null) {
      common = Fd.open(lockFile, Fd.O_RDONLY, 0);
    }
    if (!device.lockExclusive()) {
      return false;
    }
    if (common == null || common.lockExclusive()) {
      return true;
    }
    device.unlock();
    return false;
  }

  /// Gives the mark back.
  synchronized void unlock() throws ErrnoException {
    if (common != null) {
      common.unlock();
    }
    device.unlock();
  }

  /// Who has the mark, when the kernel shows it.
  OptionalLong holder() throws ErrnoException {
    OptionalLong holder = device.lockHolder();
    if (holder.isPresent() || lockFile == null) {
      return holder;
    }
    try (Fd opened = Fd.open(lockFile, Fd.O_RDONLY, 0)) {
      return opened.lockHolder();
    }
  }

  /// Gives up what it opened; the mark on the device ends with the device's descriptor.
  @Override
  public synchronized void close() {
    if (common != null) {
      common.close();
    }
  }
}
