package io.famfs.doors;

import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.famfs.WriteRight;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/// The right to create in the volume on some devices: the marks of all of them, see
/// [MappedDaxDevice#tryLock()].
///
/// @param host the owner of the volume
public record DeviceRight(List<MappedDaxDevice> devices, UUID host) implements WriteRight {

  /// The devices stay the caller's.
  public DeviceRight {
    devices = List.copyOf(devices);
  }

  @Override
  public String take() throws IOException {
    for (MappedDaxDevice device : devices) {
      if (!device.tryLock()) {
        OptionalLong holder = device.lockHolder();
        letGo();
        return holder.isPresent() ? "process " + holder.getAsLong() : "another process";
      }
    }
    return "";
  }

  @Override
  public void letGo() {
    devices.forEach(MappedDaxDevice::unlock);
  }
}
