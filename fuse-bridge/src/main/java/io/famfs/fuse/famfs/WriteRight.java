package io.famfs.fuse.famfs;

import java.io.IOException;
import java.util.UUID;

/// The right to create in a volume, which one process of its owner's host has at a time.
public interface WriteRight {

  /// The host that owns the volume.
  UUID host();

  /// Takes it, if nobody else has it.
  ///
  /// @return who has it; empty when this process has it now
  /// @throws IOException when that cannot be found out
  String take() throws IOException;

  /// Gives it back.
  void letGo();
}
