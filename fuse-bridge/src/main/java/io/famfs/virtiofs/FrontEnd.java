package io.famfs.virtiofs;

/// What a front-end is like. It does not say so itself: no message of the protocol names it.
public enum FrontEnd {
  /// Stock QEMU 11.1, and any other one: all of this is also correct towards a front-end without
  /// QEMU's limits.
  QEMU,

  /// One that obeys the vhost-user specification in full: a map is in effect when it is
  /// acknowledged, and one that is read-only cannot be stored through. A read-only export can have
  /// a window, of read-only maps.
  SPECIFICATION;

  FrontEndRules rules() {
    return switch (this) {
      case QEMU -> new Qemu11Peculiarities();
      case SPECIFICATION -> new SpecificationRules();
    };
  }
}
