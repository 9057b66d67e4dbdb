package io.famfs.fuse.server;

import io.famfs.fuse.protocol.ArchitectureFamily;
import io.famfs.fuse.protocol.OpenFlags;

/// What is known of the numbers a client uses for the flags of open(2) and for errno.
///
/// @param certainty where it is known from
/// @param family whose numbers they are; the canonical ones while it is not known
public record ClientAbi(Certainty certainty, ArchitectureFamily family) {

  /// How far the family can be relied on.
  public enum Certainty {
    /// Nothing tells. Of the flags only the access mode is used; errnos go out canonical.
    UNKNOWN,
    /// Somebody has said so, the client has not.
    ASSUMED,
    /// The client has said so, or its requests show it.
    PROVEN
  }

  static final ClientAbi UNKNOWN = new ClientAbi(Certainty.UNKNOWN, ArchitectureFamily.GENERIC);

  /// Whether flags that differ between architectures may be acted on.
  public boolean known() {
    return certainty != Certainty.UNKNOWN;
  }

  /// Whether flags come and errnos go as they are.
  boolean canonical() {
    return known() && family == ArchitectureFamily.GENERIC;
  }

  /// Canonical flags; only the access mode while the family is not known.
  int openFlags(int wire) {
    return known() ? family.canonicalFlags(wire) : wire & OpenFlags.ACCESS_MODE;
  }

  /// A type of lock in canonical numbers, -1 when it is none.
  int canonicalLockType(int wire) {
    return family.canonicalLockType(wire);
  }

  /// A canonical type of lock as the client numbers it.
  int nativeLockType(int canonical) {
    return family.nativeLockType(canonical);
  }

  /// A negative errno as the client numbers it.
  int error(int canonical) {
    return family.hasCanonicalErrno() || canonical >= 0 ? canonical : -family.errno(-canonical);
  }
}
