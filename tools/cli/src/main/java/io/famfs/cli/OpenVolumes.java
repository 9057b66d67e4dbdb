package io.famfs.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// The volumes that the arguments of one command point into, each opened once, to look.
final class OpenVolumes implements AutoCloseable {
  private final Map<Devices, OpenVolume> open = new LinkedHashMap<>();

  /// The volume of a location.
  OpenVolume reading(Location location) throws IOException {
    OpenVolume volume = open.get(location.devices());
    if (volume == null) {
      volume = OpenVolume.forReading(location.devices());
      open.put(location.devices(), volume);
    }
    return volume;
  }

  @Override
  public void close() {
    open.values().forEach(OpenVolume::close);
  }
}
