package io.famfs.dax;

import io.famfs.os.Fd;
import io.famfs.os.MemoryMap.Access;

/// What a device is opened for.
public enum Mode {
  READ_ONLY(Fd.O_RDONLY, Access.READ_ONLY),
  READ_WRITE(Fd.O_RDWR, Access.READ_WRITE);

  private final int openFlags;
  private final Access access;

  Mode(int openFlags, Access access) {
    this.openFlags = openFlags;
    this.access = access;
  }

  int openFlags() {
    return openFlags;
  }

  Access access() {
    return access;
  }
}
