package io.famfs.os.sandbox;

/// What becomes of a system call that a server does not need.
public enum CallPolicy {
  /// It fails with EPERM.
  ERRNO(0x0005_0001),
  /// It ends the process.
  KILL(0x8000_0000),
  /// It is done, and written into the kernel's log.
  LOG(0x7ffc_0000),
  /// There is no filter.
  NONE(0x7fff_0000);

  final int action;

  CallPolicy(int action) {
    this.action = action;
  }
}
