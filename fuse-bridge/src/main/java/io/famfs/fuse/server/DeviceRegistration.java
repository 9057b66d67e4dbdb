package io.famfs.fuse.server;

import io.famfs.core.Errno;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a client's kernel comes to know the devices that file maps name by their index.
///
/// ```text
/// UNKNOWN --ENOTTY--> FETCHES                      it asks by GET_DAXDEV when it needs one
///    |
///    +--anything else--> SIMPLE_MAPS or ALL_MAPS   it was given them; one that was refused
///                                                  cannot be used
/// ```
///
/// A kernel that is given devices comes in two kinds, which nothing in the protocol tells apart:
/// one has 24 slots for devices and takes simple maps only, the other has 64 slots and takes all.
/// Giving it a device that it has already for slot 30 tells: EINVAL, there is no such slot, or
/// EBUSY, which changes nothing.
public final class DeviceRegistration {
  private static final Logger LOGGER = System.getLogger(DeviceRegistration.class.getName());
  private static final int PROBED_SLOT = 30;

  private final List<String> paths;
  private final byte[][] names;
  private volatile Kernel kernel = Kernel.UNKNOWN;

  /// Bit i: device i cannot be used.
  private volatile long unusable;

  /// What is known of a client's kernel.
  public enum Kernel {
    /// Nobody has tried to give it devices.
    UNKNOWN,
    /// It cannot be given devices and asks for them.
    FETCHES,
    /// It was given devices, and takes simple maps on the first of them.
    SIMPLE_MAPS,
    /// It was given devices, and takes every map.
    ALL_MAPS
  }

  /// Gives a device to a kernel.
  @FunctionalInterface
  public interface Registrar {
    /// Opens a device and gives it away.
    ///
    /// @return 0, or the negative errno of either
    int register(String path, int index);
  }

  /// @param paths of the devices, by index
  DeviceRegistration(List<String> paths) {
    this.paths = paths;
    names = new byte[paths.size()][];
    for (int i = 0; i < names.length; i++) {
      names[i] = paths.get(i).getBytes(StandardCharsets.UTF_8);
    }
  }

  /// Gives the kernel all devices, from index 0 on without a hole. Has to be done after the reply
  /// to INIT and before any other: what a kernel misses when it opens a file it never finds.
  public void run(Registrar registrar) {
    long refused = 0;
    for (int i = 0; i < paths.size(); i++) {
      int result = registrar.register(paths.get(i), i);
      if (result == -Errno.ENOTTY) {
        kernel = Kernel.FETCHES;
        return;
      }
      if (result < 0) {
        refused |= 1L << i;
        LOGGER.log(
            Level.WARNING,
            "the kernel does not take device {0} ({1}): {2}; files on it give errors",
            i,
            paths.get(i),
            Errno.describe(-result));
      }
    }
    unusable = refused;
    kernel = takesAll(registrar) ? Kernel.ALL_MAPS : Kernel.SIMPLE_MAPS;
  }

  private boolean takesAll(Registrar registrar) {
    if (paths.size() > PROBED_SLOT) {
      return usable(PROBED_SLOT);
    }
    return usable(0) && registrar.register(paths.getFirst(), PROBED_SLOT) == -Errno.EBUSY;
  }

  /// What is known of the kernel.
  public Kernel kernel() {
    return kernel;
  }

  /// Whether files may be on the device with an index.
  public boolean usable(int index) {
    return index >= 0 && index < names.length && (unusable & 1L << index) == 0;
  }

  /// The path of a device, not to be changed; null when the index is of none.
  public byte @Nullable [] name(long index) {
    return index >= 0 && index < names.length ? names[(int) index] : null;
  }
}
