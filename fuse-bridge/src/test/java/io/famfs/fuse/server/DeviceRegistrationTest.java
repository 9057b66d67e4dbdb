package io.famfs.fuse.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.fuse.server.DeviceRegistration.Kernel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Results of the ioctl as they were recorded from the three kinds of kernels.
class DeviceRegistrationTest {
  private static final List<String> TWO = List.of("/dev/dax0.0", "/dev/dax1.0");
  private static final int PROBE = 30;

  private final List<String> calls = new ArrayList<>();

  private DeviceRegistration run(List<String> paths, Map<Integer, Integer> results) {
    DeviceRegistration devices = new DeviceRegistration(paths);
    assertEquals(Kernel.UNKNOWN, devices.kernel());
    devices.run((path, index) -> {
      calls.add(path + "@" + index);
      return results.getOrDefault(index, 0);
    });
    return devices;
  }

  @Test
  void aKernelWithoutTheIoctlFetchesDevicesByName() {
    DeviceRegistration devices = run(TWO, Map.of(0, -Errno.ENOTTY));
    assertEquals(Kernel.FETCHES, devices.kernel());
    assertEquals(List.of("/dev/dax0.0@0"), calls);
    assertTrue(devices.usable(0));
    assertTrue(devices.usable(1));
  }

  @Test
  void theSlotOfAProbeTellsTheKindsOfKernelsApart() {
    assertEquals(Kernel.ALL_MAPS, run(TWO, Map.of(PROBE, -Errno.EBUSY)).kernel());
    assertEquals(List.of("/dev/dax0.0@0", "/dev/dax1.0@1", "/dev/dax0.0@30"), calls);
    assertEquals(Kernel.SIMPLE_MAPS, run(TWO, Map.of(PROBE, -Errno.EINVAL)).kernel());
  }

  @Test
  void aDeviceThatTheKernelDoesNotTakeIsUnusable() {
    for (int errno : new int[] {Errno.EBUSY, Errno.EIO, Errno.ENODEV, Errno.EOPNOTSUPP}) {
      DeviceRegistration devices = run(TWO, Map.of(1, -errno, PROBE, -Errno.EBUSY));
      assertTrue(devices.usable(0));
      assertFalse(devices.usable(1));
      assertFalse(devices.usable(2));
      assertFalse(devices.usable(-1));
      assertEquals(Kernel.ALL_MAPS, devices.kernel());
    }
    calls.clear();
    DeviceRegistration first = run(TWO, Map.of(0, -Errno.EBUSY));
    assertFalse(first.usable(0));
    assertTrue(first.usable(1));
    assertEquals(Kernel.SIMPLE_MAPS, first.kernel());
    assertEquals(List.of("/dev/dax0.0@0", "/dev/dax1.0@1"), calls);
  }

  @Test
  void manyDevicesNeedNoProbe() {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      many.add("/dev/dax" + i + ".0");
    }
    assertEquals(Kernel.ALL_MAPS, run(many, Map.of()).kernel());
    assertEquals(64, calls.size());
    assertEquals(Kernel.SIMPLE_MAPS, run(many, Map.of(PROBE, -Errno.EINVAL)).kernel());
  }

  @Test
  void devicesHaveNamesByTheirIndex() {
    DeviceRegistration devices = new DeviceRegistration(TWO);
    assertArrayEquals("/dev/dax1.0".getBytes(StandardCharsets.UTF_8), devices.name(1));
    for (long index : new long[] {2, -1, 1L << 32, Long.MIN_VALUE}) {
      assertNull(devices.name(index));
    }
  }

  @Test
  void optionsThatCannotBeAreRefused() {
    MapOptions none = MapOptions.none();
    for (int bit : new int[] {43, 64, -2, 0}) {
      assertThrows(IllegalArgumentException.class, () -> none.withExtentReplyBit(bit));
    }
    assertEquals(63, none.withExtentReplyBit(63).extentReplyBit());
    for (String path : List.of("dev/dax0.0", "", "/" + "x".repeat(255), "/dev/\0")) {
      List<String> paths = List.of(path);
      assertThrows(IllegalArgumentException.class, () -> none.withDevicePaths(paths), path);
    }
    List<String> tooMany = java.util.Collections.nCopies(65, "/dev/dax0.0");
    assertThrows(IllegalArgumentException.class, () -> none.withDevicePaths(tooMany));
    ClientOptions canonical = ClientOptions.standard().withCanonicalBit(50);
    MapOptions same = none.withExtentReplyBit(50);
    assertThrows(IllegalArgumentException.class, () -> canonical.withMaps(same));
  }
}
