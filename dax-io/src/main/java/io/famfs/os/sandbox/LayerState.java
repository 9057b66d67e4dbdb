package io.famfs.os.sandbox;

import java.util.Locale;

/// One layer of a sandbox, and whether it holds.
///
/// @param layer which
/// @param inForce whether it is, or would be, in force
/// @param detail what it does here, or why it is not in force
public record LayerState(Layer layer, boolean inForce, String detail) {

  /// The layers, in the order in which they are put in force.
  public enum Layer {
    /// No memory image when the process crashes, and no look into it for others of its user.
    CORE_DUMPS,
    /// The most descriptors.
    DESCRIPTORS,
    /// The user and group.
    USER,
    /// Capabilities.
    CAPABILITIES,
    /// No program that is started ever gives more rights.
    NO_NEW_PRIVS,
    /// Files by path, and the network.
    LANDLOCK,
    /// System calls.
    SECCOMP;

    /// As users write it.
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static LayerState holds(Layer layer, String detail) {
    return new LayerState(layer, true, detail);
  }

  static LayerState missing(Layer layer, String why) {
    return new LayerState(layer, false, why);
  }
}
