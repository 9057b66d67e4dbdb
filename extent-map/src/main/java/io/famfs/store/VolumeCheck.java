package io.famfs.store;

import io.famfs.core.DaxDevice;
import java.util.List;

/// Looks at everything on the media and reports, without writing and without trusting any byte.
public final class VolumeCheck {
  private VolumeCheck() {}

  /// Checks a volume.
  public static CheckReport check(List<? extends DaxDevice> devices) {
    return Pending.body("");
  }
}
