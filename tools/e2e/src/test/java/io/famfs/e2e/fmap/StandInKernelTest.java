package io.famfs.e2e.fmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.e2e.fmap.MapVolume.Planned;
import io.famfs.e2e.fmap.StandInKernel.KernelFile;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.fuse.server.MapOptions;
import io.famfs.fuse.server.Session;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A server, and kernels of three generations that read its files straight from the memory of its
/// devices: what they find there has to be what was stored.
class StandInKernelTest {
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;
  private static final long UNIT = 2 << 20;
  private static final int EIO = 5;
  private static final int ENOENT = 2;
  private static final int EOPNOTSUPP = 95;
  private static final int EISDIR = 21;
  private static final int EINVAL = 22;
  private static final int EFBIG = 27;
  private static final int ESTALE = 116;

  private static DeviceRange range(int device, long startMib, long lengthMib) {
    return new DeviceRange(device, startMib * MIB, lengthMib * MIB);
  }

  private static Planned simple(String path, long bytes, DeviceRange... ranges) {
    return new Planned(path, bytes, new Fmap.Simple(List.of(ranges)));
  }

  private static Planned striped(String path, long bytes, long chunk, DeviceRange... strips) {
    return new Planned(path, bytes, new Fmap.Interleaved(chunk, List.of(strips)));
  }

  static Session serve(MapVolume volume, List<String> paths) {
    FamfsFileSystem files = new FamfsFileSystem(volume.volume, FamfsOptions.standard());
    MapOptions maps = MapOptions.none().withDevicePaths(paths);
    return new FuseServer(files, ClientOptions.standard().withMaps(maps)).open(null);
  }

  static long word(KernelFile file, long offset) throws Refused {
    return ByteBuffer.wrap(file.read(offset, Long.BYTES)).order(ByteOrder.nativeOrder()).getLong();
  }

  static void requireContents(KernelFile file, Planned planned, String what) throws Refused {
    assertEquals(planned.bytes(), file.map.fileBytes, what);
    for (long offset : MapVolume.samples(planned)) {
      assertEquals(
          Long.toHexString(MapVolume.word(planned, offset)),
          Long.toHexString(word(file, offset)),
          what + " at " + offset);
    }
  }

  /// Files of the kinds there are on one device, the first two and the striped one where the
  /// recorded conversation has them.
  static MapVolume oneDevice() throws IOException {
    return new MapVolume(
        List.of(4 * GIB),
        List.of(
            simple("four", 4 * MIB, range(0, 10, 4)),
            simple("three", 3 * MIB, range(0, 14, 4)),
            simple("empty", 0, range(0, 20, 2)),
            simple("byte", 9, range(0, 22, 2)),
            simple("pieces", 9 * MIB + 77, range(0, 40, 2), range(0, 30, 6), range(0, 60, 2)),
            striped("empty-strips", 0, UNIT, range(0, 100, 2), range(0, 110, 2)),
            striped("one-strip", 5 * MIB + 1, UNIT, range(0, 120, 6)),
            striped(
                "striped",
                64 * MIB,
                UNIT,
                range(0, 1024, 22),
                range(0, 2048, 22),
                range(0, 3072, 22)),
            striped("odd", 7 * MIB + 13, 6 * MIB, range(0, 200, 6), range(0, 220, 6)),
            striped("wide", 17 * MIB, 8 * MIB, range(0, 300, 16), range(0, 330, 8))));
  }

  @ParameterizedTest
  @EnumSource
  void everyKindOfFileIsReadFromItsMemory(Generation generation) throws Exception {
    try (MapVolume volume = oneDevice();
        Session session = serve(volume, volume.paths())) {
      StandInKernel kernel = new StandInKernel(generation, session, volume.nodes());
      for (String path :
          List.of(
              "four",
              "three",
              "empty",
              "byte",
              "pieces",
              "empty-strips",
              "one-strip",
              "striped",
              "odd",
              "wide")) {
        KernelFile file = kernel.open(path);
        requireContents(file, volume.file(path), generation + " " + path);
        boolean many = file.map.pieceCount() > 1 && !path.equals("pieces");
        assertTrue(!many || file.map.uniform(), path);
        file.close();
      }
      assertEquals(generation.pushed ? "GET_FMAP 48 4096" : "GET_FMAP 40", kernel.asked.getFirst());
      assertEquals(generation == Generation.G10 ? 11 : 10, kernel.asked.size());
      // A kernel that still has the inode does not ask again, one that has forgotten it does.
      kernel.open("striped");
      assertEquals(generation == Generation.G10 ? 11 : 10, kernel.asked.size());
      kernel.evict();
      requireContents(kernel.open("striped"), volume.file("striped"), "again");
      assertEquals(generation == Generation.G10 ? 12 : 11, kernel.asked.size());
      int missing = assertThrows(Refused.class, () -> kernel.open("missing")).errno();
      assertEquals(ENOENT, missing);
    }
  }

  /// Thousands of extents: the first answer says how long the list is, the second has it.
  @ParameterizedTest
  @EnumSource
  void aLongListComesInTwoSteps(Generation generation) throws Exception {
    Planned large =
        striped("large", 100 * GIB - 3 * MIB, UNIT, range(0, 1024, 51200), range(0, 60000, 51200));
    try (MapVolume volume = new MapVolume(List.of(128 * GIB), List.of(large));
        Session session = serve(volume, volume.paths())) {
      StandInKernel kernel = new StandInKernel(generation, session, volume.nodes());
      KernelFile file = kernel.open("large");
      requireContents(file, large, generation.toString());
      if (generation.pushed) {
        long bytes = 32 + 24L * file.map.pieceCount();
        assertEquals(51199, file.map.pieceCount());
        assertEquals(List.of("GET_FMAP 48 4096", "GET_FMAP 48 " + bytes), kernel.asked);
      } else {
        assertEquals(List.of("GET_FMAP 40", "GET_DAXDEV 0"), kernel.asked);
      }
    }
  }

  private static MapVolume threeDevices() throws IOException {
    return new MapVolume(
        List.of(256 * MIB, 128 * MIB, 128 * MIB),
        List.of(
            simple("first", 3 * MIB, range(0, 20, 4)),
            simple("second", 3 * MIB, range(1, 20, 4)),
            simple("both", 7 * MIB, range(2, 20, 4), range(0, 40, 4)),
            striped("all", 23 * MIB + 5, UNIT, range(2, 40, 8), range(0, 60, 8), range(1, 40, 8))));
  }

  @Test
  void theNewestGenerationReadsFilesOnSeveralDevices() throws Exception {
    try (MapVolume volume = threeDevices();
        Session session = serve(volume, volume.paths())) {
      StandInKernel kernel = new StandInKernel(Generation.G12, session, volume.nodes());
      for (String path : List.of("first", "second", "both", "all")) {
        requireContents(kernel.open(path), volume.file(path), path);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"G10", "G11"})
  void olderGenerationsGetOnlyFilesOnTheFirstDevice(Generation generation) throws Exception {
    try (MapVolume volume = threeDevices();
        Session session = serve(volume, volume.paths())) {
      StandInKernel kernel = new StandInKernel(generation, session, volume.nodes());
      requireContents(kernel.open("first"), volume.file("first"), "first");
      for (String path : List.of("second", "both", "all")) {
        assertEquals(EOPNOTSUPP, assertThrows(Refused.class, () -> kernel.open(path)).errno());
      }
    }
  }

  @Test
  void aVolumeIsMappedOnlyWhereEveryDeviceHasAName() throws Exception {
    try (MapVolume volume = threeDevices();
        Session session = serve(volume, volume.paths().subList(0, 2))) {
      assertThrows(Refused.class, () -> new StandInKernel(Generation.G12, session, volume.nodes()));
    }
  }

  @Test
  void filesOnADeviceTheKernelDoesNotHaveAreRefusedAtOpen() throws Exception {
    try (MapVolume volume = threeDevices();
        Session session = serve(volume, volume.paths())) {
      Map<String, MemorySegment> nodes = new HashMap<>(volume.nodes());
      nodes.remove("/dev/dax1.0");
      StandInKernel kernel = new StandInKernel(Generation.G12, session, nodes);
      requireContents(kernel.open("both"), volume.file("both"), "both");
      for (String path : List.of("second", "all")) {
        assertEquals(EIO, assertThrows(Refused.class, () -> kernel.open(path)).errno());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void filesOfRandomMapsAreReadFromTheirMemory(Generation generation) throws Exception {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    List<Planned> planned = new ArrayList<>();
    long nextMib = 20;
    for (int i = 0; i < 60; i++) {
      int count = 1 + random.nextInt(6);
      List<DeviceRange> ranges = new ArrayList<>();
      long shortest = Long.MAX_VALUE;
      long sum = 0;
      for (int n = 0; n < count; n++) {
        long lengthMib = 2L * (1 + random.nextInt(5));
        ranges.add(range(0, nextMib, lengthMib));
        nextMib += lengthMib + 2L * random.nextInt(3);
        shortest = Math.min(shortest, lengthMib * MIB);
        sum += lengthMib * MIB;
      }
      Collections.shuffle(ranges, new Random(random.nextLong()));
      boolean simple = random.nextBoolean();
      long chunk = UNIT * (1 + random.nextInt(3));
      long most = simple ? sum : shortest / chunk * chunk * count;
      long bytes = random.nextInt(5) == 0 ? most : random.nextLong(most + 1);
      Fmap map = simple ? new Fmap.Simple(ranges) : new Fmap.Interleaved(chunk, ranges);
      planned.add(new Planned("f" + i, bytes, map));
    }
    try (MapVolume volume = new MapVolume(List.of(8 * GIB), planned);
        Session session = serve(volume, volume.paths())) {
      StandInKernel kernel = new StandInKernel(generation, session, volume.nodes());
      for (Planned file : planned) {
        requireContents(
            kernel.open(file.path()), file, "seed " + seed + ", " + generation + ", " + file);
      }
    }
  }

  /// As many extents as fit into the longest message there is, and one more.
  @ParameterizedTest
  @EnumSource
  void theLongestListIsTakenAndALongerOneIsNotSent(Generation generation) throws Exception {
    long most = (Generation.MOST_ROOM - 32) / 24;
    DeviceRange[] strips = {range(0, 1024, most + 3), range(0, 1024 + most + 3, most + 3)};
    Planned fits = striped("fits", most * UNIT - 5, UNIT, strips);
    DeviceRange[] others = {range(0, 2_000_000, most + 3), range(0, 2_800_000, most + 3)};
    Planned over = striped("over", most * UNIT + 1, UNIT, others);
    try (MapVolume volume = new MapVolume(List.of(3584 * GIB), List.of(fits, over));
        Session session = serve(volume, volume.paths())) {
      StandInKernel kernel = new StandInKernel(generation, session, volume.nodes());
      KernelFile whole = kernel.open("fits");
      requireContents(whole, fits, generation.toString());
      assertEquals(generation.pushed ? most : 1, whole.map.pieceCount());
      if (generation == Generation.G11) {
        assertEquals(EFBIG, assertThrows(Refused.class, () -> kernel.open("over")).errno());
      } else {
        // These take the strips themselves.
        KernelFile strip = kernel.open("over");
        assertEquals(1, strip.map.pieceCount());
        requireContents(strip, over, generation.toString());
      }
    }
  }

  /// A kernel's slots for devices, all in use.
  @Test
  void asManyDevicesAsThereAreSlots() throws Exception {
    List<Long> sizes = new ArrayList<>(Collections.nCopies(64, 64 * MIB));
    List<Planned> planned = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      planned.add(simple("on" + i, 2 * MIB, range(i, 20 + i % 8 * 2, 2)));
    }
    try (MapVolume volume = new MapVolume(sizes, planned)) {
      for (Generation generation : Generation.values()) {
        try (Session session = serve(volume, volume.paths())) {
          StandInKernel kernel = new StandInKernel(generation, session, volume.nodes());
          for (int i = 0; i < 64; i++) {
            String path = "on" + i;
            String what = generation + " " + path;
            if (i == 0 || generation == Generation.G12) {
              requireContents(kernel.open(path), volume.file(path), what);
              continue;
            }
            // Where the kernel has no slot for the device, the device is at fault.
            boolean slot = generation == Generation.G10 || i < generation.slots;
            int errno = assertThrows(Refused.class, () -> kernel.open(path), what).errno();
            assertEquals(slot ? EOPNOTSUPP : EIO, errno, what);
          }
        }
      }
    }
  }

  private static void requireErrno(int errno, Executable call, String what) {
    assertEquals(errno, assertThrows(Refused.class, call, what).errno(), what);
  }

  @ParameterizedTest
  @EnumSource
  void limitsThatCannotBeAreRefusedAndHurtNobody(Generation generation) throws Exception {
    try (MapVolume volume = oneDevice();
        Session session = serve(volume, volume.paths())) {
      StandInKernel kernel = new StandInKernel(generation, session, volume.nodes());
      long nodeid = kernel.lookup("pieces");
      for (int bytes : List.of(1, 4, 7)) {
        byte[] cut = new byte[bytes];
        requireErrno(EINVAL, () -> kernel.askForMap(nodeid, cut, 4096), bytes + " bytes");
      }
      for (int size : List.of(0, 1, 31)) {
        byte[] small = Wire.words(size, 0);
        requireErrno(EINVAL, () -> kernel.askForMap(nodeid, small, 4096), "room for " + size);
      }
      // The size that is asked for counts, and so does the room there really is.
      for (int size : List.of(32, 55, 103)) {
        assertEquals(32, kernel.askForMap(nodeid, Wire.words(size, 0), 4096).length);
        assertEquals(32, kernel.askForMap(nodeid, Wire.words(-1, 0), size).length);
      }
      for (int size : List.of(104, 4096, 1 << 30, Integer.MIN_VALUE, -1)) {
        assertEquals(104, kernel.askForMap(nodeid, Wire.words(size, -1), 4096).length);
      }
      requireErrno(EISDIR, () -> kernel.askForMap(1, Wire.words(4096, 0), 4096), "a directory");
      for (long other : List.of(0L, -1L, Long.MIN_VALUE, nodeid + (1L << 32))) {
        requireErrno(ESTALE, () -> kernel.askForMap(other, Wire.words(4096, 0), 4096), "no file");
      }
      assertEquals(280, kernel.askForDevice(0).length);
      for (long index : List.of(1L, 64L, 1L << 32, -1L, Long.MIN_VALUE)) {
        requireErrno(EINVAL, () -> kernel.askForDevice(index), "device " + index);
      }
      requireContents(kernel.open("pieces"), volume.file("pieces"), "afterwards");
    }
  }
}
