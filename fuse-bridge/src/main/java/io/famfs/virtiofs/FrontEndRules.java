package io.famfs.virtiofs;

import io.famfs.vhostuser.BackEndChannel;
import io.famfs.vhostuser.BackEndChannel.Outcome;

/// What a kind of front-end gets and bears.
sealed interface FrontEndRules permits Qemu11Peculiarities, SpecificationRules {
  /// The protocol features that suit it.
  ///
  /// @param window whether the device has a window
  long protocolFeatures(boolean window);

  /// Refuses window sizes that it or a guest cannot use.
  ///
  /// @throws IllegalArgumentException with the sizes that work
  void checkWindow(long windowBytes);

  /// Whether nothing can be stored through a read-only map.
  boolean enforcesReadOnly();

  /// Returns when what it has already acknowledged is in effect for the guest.
  ///
  /// @return DONE, or why that is not known
  Outcome settle(BackEndChannel channel);
}
