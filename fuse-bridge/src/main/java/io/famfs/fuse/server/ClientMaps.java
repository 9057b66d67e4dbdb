package io.famfs.fuse.server;

import org.jspecify.annotations.Nullable;

/// What one client is told about where files lie.
public final class ClientMaps {
  private final boolean fmap;
  private final boolean inReplies;
  private final DeviceRegistration devices;

  ClientMaps(boolean fmap, boolean inReplies, DeviceRegistration devices) {
    this.fmap = fmap;
    this.inReplies = inReplies;
    this.devices = devices;
  }

  /// Whether the client's kernel maps files itself, by GET_FMAP, and never sends READ or WRITE for
  /// a file that it has opened.
  public boolean fmap() {
    return fmap;
  }

  /// Whether the replies to OPEN and LOOKUP carry lists of extents.
  public boolean inReplies() {
    return inReplies;
  }

  /// The devices, and what the client's kernel knows of them.
  public DeviceRegistration devices() {
    return devices;
  }

  /// What a kernel has to be given before it opens files; null when it maps none itself.
  @Nullable DeviceRegistration registration() {
    return fmap ? devices : null;
  }
}
