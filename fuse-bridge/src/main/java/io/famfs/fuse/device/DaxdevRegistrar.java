package io.famfs.fuse.device;

import io.famfs.fuse.protocol.DaxdevOpen;
import io.famfs.fuse.server.DeviceRegistration;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Ioctl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Gives devices to the kernel behind a mount, by [DaxdevOpen].
final class DaxdevRegistrar implements DeviceRegistration.Registrar {
  private final Fd mount;

  /// @param mount descriptor of `/dev/fuse` over which INIT was answered
  DaxdevRegistrar(Fd mount) {
    this.mount = mount;
  }

  @Override
  public int register(String path, int index) {
    try (Fd device = Fd.open(Path.of(path), Fd.O_RDWR, 0);
        Arena arena = Arena.ofConfined()) {
      MemorySegment argument = arena.allocate(DaxdevOpen.BYTES, Long.BYTES);
      DaxdevOpen.write(argument, device.value(), index);
      return Ioctl.call(mount, DaxdevOpen.REQUEST, argument);
    } catch (ErrnoException e) {
      return -e.errno();
    }
  }
}
