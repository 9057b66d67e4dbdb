package io.famfs.fuse.fmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.dax.DaxDevices;
import io.famfs.fuse.server.ClientMaps;
import io.famfs.fuse.server.Clients;
import io.famfs.store.FormatOptions;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MapLimitsTest {
  private static final long MIB = ByteSize.MIB;
  private static final long GIB = ByteSize.GIB;
  private static final long UNIT = 2 * MIB;

  private static ExtentMap simple(int count, long lengthBytes) {
    List<DeviceRange> ranges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ranges.add(new DeviceRange(0, 16 * MIB + i * lengthBytes, lengthBytes));
    }
    return ExtentMap.compile(new Fmap.Simple(ranges));
  }

  private static ExtentMap striped(int strips, long chunkBytes, long lengthBytes) {
    List<DeviceRange> ranges = new ArrayList<>();
    for (int i = 0; i < strips; i++) {
      ranges.add(new DeviceRange(0, 16 * MIB + i * lengthBytes, lengthBytes));
    }
    return ExtentMap.compile(new Fmap.Interleaved(chunkBytes, ranges));
  }

  private static int fetching(ExtentMap map, long fileBytes) {
    return MapLimits.FETCHING.check(MapForm.AS_IT_IS, map, fileBytes);
  }

  private static int all(ExtentMap map, long fileBytes) {
    return MapLimits.ALL.check(MapForm.UNROLLED, map, fileBytes);
  }

  @Test
  void akernelThatFetchesTakes32ExtentsOfOneDeviceIn4096Bytes() {
    assertEquals(0, fetching(simple(32, UNIT), 64 * MIB));
    assertEquals(-Errno.EFBIG, fetching(simple(33, UNIT), 66 * MIB));
    assertEquals(0, fetching(striped(32, UNIT, UNIT), 64 * MIB));
    assertEquals(-Errno.EFBIG, fetching(striped(33, UNIT, UNIT), 66 * MIB));
    assertEquals(0, fetching(striped(2, 3 * UNIT, 6 * UNIT), UNIT));
    assertEquals(-Errno.EOPNOTSUPP, fetching(striped(2, 4096, UNIT), UNIT));
    assertEquals(-Errno.EOPNOTSUPP, fetching(striped(2, 4 * GIB, 4 * GIB), UNIT));
    assertEquals(-Errno.EOPNOTSUPP, fetching(onDevice(1), UNIT));
    assertEquals(-Errno.EOPNOTSUPP, fetching(at(16 * MIB + 4096, UNIT), UNIT));
    assertEquals(-Errno.EOPNOTSUPP, fetching(at(16 * MIB, UNIT + 4096), UNIT));
  }

  @Test
  void aKernelThatWasGivenDevicesTakesLongLists() {
    assertEquals(0, all(simple(300, UNIT), 600 * MIB));
    // Of the longest list that fits, 699,049 extents of 2 MiB, one less fits and one more does not.
    long most = (16L * MIB - 32) / 24;
    assertEquals(0, all(striped(2, UNIT, most * UNIT), most * UNIT));
    assertEquals(-Errno.EFBIG, all(striped(2, UNIT, most * UNIT), most * UNIT + 1));
    assertEquals(0, all(onDevice(63), UNIT));
    assertEquals(-Errno.EOPNOTSUPP, all(onDevice(64), UNIT));
    assertEquals(0, all(at(16 * MIB + 4096, 4096), 4096));
    assertEquals(-Errno.EOPNOTSUPP, all(at(16 * MIB + 512, UNIT), UNIT));
    int simpleOnly = MapLimits.SIMPLE.check(MapForm.UNROLLED, onDevice(1), UNIT);
    assertEquals(-Errno.EOPNOTSUPP, simpleOnly);
    assertEquals(0, MapLimits.SIMPLE.check(MapForm.UNROLLED, striped(2, 4 * UNIT, 8 * UNIT), UNIT));
    assertEquals(
        -Errno.EOPNOTSUPP,
        MapLimits.SIMPLE.check(MapForm.UNROLLED, striped(2, 4096, UNIT), 3 * 4096));
    assertEquals(0, all(striped(2, 4096, UNIT), 3 * 4096));
  }

  @Test
  void aListThatIsTooLongGoesAsItIsToAKernelThatTakesThat() {
    long huge = 1500 * GIB;
    ExtentMap map = striped(2, UNIT, huge);
    ExtentMap odd = striped(2, 2 * UNIT, 2 * huge);
    ClientMaps unknown = Clients.mapping(0);
    ClientMaps simple = Clients.mapping(-Errno.EINVAL);
    ClientMaps all = Clients.mapping(-Errno.EBUSY);
    assertEquals(MapLimits.FETCHING, MapLimits.of(all, false));
    assertEquals(MapLimits.SIMPLE, MapLimits.of(simple, true));
    assertEquals(MapLimits.ALL, MapLimits.of(all, true));
    assertEquals(MapForm.UNROLLED, MapLimits.ALL.form(all, map, GIB));
    assertEquals(MapForm.AS_IT_IS, MapLimits.ALL.form(all, map, huge));
    assertEquals(0, MapLimits.ALL.check(MapForm.AS_IT_IS, map, huge));
    assertEquals(-Errno.EOPNOTSUPP, MapLimits.ALL.check(MapForm.AS_IT_IS, odd, 2 * huge));
    assertEquals(MapForm.UNROLLED, MapLimits.SIMPLE.form(simple, map, huge));
    assertEquals(MapForm.UNROLLED, MapLimits.ALL.form(unknown, map, huge));
    assertEquals(-Errno.EFBIG, all(map, huge));
  }

  private static ExtentMap onDevice(int index) {
    return ExtentMap.compile(new Fmap.Simple(List.of(new DeviceRange(index, 16 * MIB, UNIT))));
  }

  private static ExtentMap at(long offset, long lengthBytes) {
    return ExtentMap.compile(new Fmap.Simple(List.of(new DeviceRange(0, offset, lengthBytes))));
  }

  private static ExtentMap map(DeviceRange... ranges) {
    return ExtentMap.compile(new Fmap.Simple(List.of(ranges)));
  }

  private static DeviceRange range(int device, long offset, long lengthBytes) {
    return new DeviceRange(device, offset, lengthBytes);
  }

  private static void requireBroken(MapRules rules, String rule, ExtentMap map, long fileBytes) {
    String broken = rules.broken(map, fileBytes);
    assertTrue(broken != null && broken.contains(rule), () -> rule + " but: " + broken);
  }

  @Test
  void whatAKernelWouldNotNoticeIsNeverSent() throws IOException {
    List<DaxDevice> devices =
        List.of(DaxDevices.memfd("first", 64 * MIB), DaxDevices.memfd("second", 32 * MIB));
    try (Volume volume = Volume.format(devices, FormatOptions.ownedBy(new UUID(1, 2)))) {
      MapRules rules = new MapRules(volume);
      assertNull(rules.broken(map(range(0, 10 * MIB, 54 * MIB), range(1, UNIT, 30 * MIB)), 0));
      requireBroken(rules, "log", map(range(0, 8 * MIB, UNIT)), 1);
      requireBroken(rules, "log", map(range(0, 10 * MIB, UNIT), range(0, 0, UNIT)), 1);
      requireBroken(rules, "superblock", map(range(1, 0, UNIT)), 1);
      requireBroken(rules, "device 0", map(range(0, 62 * MIB, 2 * UNIT)), 1);
      requireBroken(rules, "device 1", map(range(1, 64 * MIB, UNIT)), 1);
      requireBroken(rules, "there is not", map(range(2, 10 * MIB, UNIT)), 1);
      requireBroken(rules, "units", map(range(0, 10 * MIB + 4096, UNIT)), 1);
      requireBroken(rules, "units", map(range(0, 10 * MIB, UNIT + 4096)), 1);
      requireBroken(
          rules, "overlap", map(range(0, 10 * MIB, 2 * UNIT), range(0, 12 * MIB, UNIT)), 1);
      assertNull(rules.broken(map(range(0, 10 * MIB, UNIT), range(1, 10 * MIB, UNIT)), 1));
      requireBroken(rules, "shorter", map(range(0, 10 * MIB, UNIT)), UNIT + 1);
      requireStripRoom(rules);
    } finally {
      devices.forEach(DaxDevice::close);
    }
  }

  /// Five chunks on two strips: three on the first, the last of them cut by the end of the file.
  private static void requireStripRoom(MapRules rules) {
    DeviceRange two = range(1, 10 * MIB, 2 * UNIT);
    ExtentMap enough =
        ExtentMap.compile(new Fmap.Interleaved(UNIT, List.of(range(0, 20 * MIB, 3 * UNIT), two)));
    assertNull(rules.broken(enough, 5 * UNIT));
    assertNull(rules.broken(enough, 4 * UNIT + 1));
    requireBroken(rules, "strip 1", enough, 5 * UNIT + 1);
    ExtentMap shortFirst =
        ExtentMap.compile(new Fmap.Interleaved(UNIT, List.of(range(0, 20 * MIB, 2 * UNIT), two)));
    requireBroken(rules, "strip 0", shortFirst, 4 * UNIT + 1);
    assertNull(rules.broken(shortFirst, 4 * UNIT));
    assertNull(rules.broken(shortFirst, 0));
    ExtentMap wide =
        ExtentMap.compile(new Fmap.Interleaved(2 * UNIT, List.of(range(0, 20 * MIB, UNIT), two)));
    assertNull(rules.broken(wide, UNIT));
    requireBroken(rules, "strip 0", wide, UNIT + 1);
  }
}
