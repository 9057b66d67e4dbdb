package io.famfs.os;

import io.famfs.os.libc.Identities;

/// Who this process is.
public final class Identity {
  private Identity() {}

  /// The effective user id, 0 for root.
  public static int effectiveUid() {
    return Identities.effectiveUid();
  }

  /// The effective group id.
  public static int effectiveGid() {
    return Identities.effectiveGid();
  }

  /// The process id.
  public static int pid() {
    return Identities.pid();
  }
}
