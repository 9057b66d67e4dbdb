package io.famfs.core.mapping;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.DaxDevice;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.ExtentList;
import io.famfs.core.extent.Fmap;
import io.famfs.core.extent.FmapCapacity;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FileMappingTest {
  private static final int DEVICE_BYTES = 1 << 16;
  private static final int DEVICES = 3;

  /// Memory of this process, and the ranges that were moved.
  private record Memory(MemorySegment memory, List<DeviceRange> moved) implements DaxDevice {
    static Memory make() {
      return new Memory(Arena.ofAuto().allocate(DEVICE_BYTES), new ArrayList<>());
    }

    @Override
    public String name() {
      return "memory";
    }

    @Override
    public long sizeBytes() {
      return memory.byteSize();
    }

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public int alignmentBytes() {
      return 1;
    }

    @Override
    public void writeBack(long offset, long lengthBytes) {
      moved.add(new DeviceRange(0, offset, lengthBytes));
    }

    @Override
    public void invalidate(long offset, long lengthBytes) {
      moved.add(new DeviceRange(1, offset, lengthBytes));
    }

    @Override
    public void zero(long offset, long lengthBytes) {
      memory.asSlice(offset, lengthBytes).fill((byte) 0);
    }

    @Override
    public void close() {}
  }

  private final List<Memory> devices = List.of(Memory.make(), Memory.make(), Memory.make());

  private FileMapping map(long size, Fmap map, Access access) {
    TreeMap<Integer, UUID> uuids = new TreeMap<>();
    map.ranges().forEach(range -> uuids.put(range.daxdevIndex(), new UUID(0, 1)));
    List<MappedSpan> spans = new ArrayList<>();
    for (DeviceRange span : FileMapping.spans(map)) {
      Memory device = devices.get(span.daxdevIndex());
      MemorySegment memory = device.memory.asSlice(span.offset(), span.lengthBytes());
      boolean readOnly = access == Access.READ_ONLY;
      spans.add(new MappedSpan(device, span.offset(), readOnly ? memory.asReadOnly() : memory));
    }
    return FileMapping.of(new ExtentList(size, map, uuids), spans);
  }

  /// Where a byte of a file is, as the format defines it.
  private byte byteAt(Fmap map, long offset) {
    List<DeviceRange> ranges = map.ranges();
    if (map instanceof Fmap.Interleaved striped) {
      long chunk = offset / striped.chunkBytes();
      DeviceRange strip = ranges.get((int) (chunk % ranges.size()));
      long inStrip = chunk / ranges.size() * striped.chunkBytes() + offset % striped.chunkBytes();
      return devices.get(strip.daxdevIndex()).memory.get(JAVA_BYTE, strip.offset() + inStrip);
    }
    long rest = offset;
    for (DeviceRange range : ranges) {
      if (rest < range.lengthBytes()) {
        return devices.get(range.daxdevIndex()).memory.get(JAVA_BYTE, range.offset() + rest);
      }
      rest -= range.lengthBytes();
    }
    throw new IndexOutOfBoundsException(offset);
  }

  private static Fmap simple(long... offsetsAndLengths) {
    return new Fmap.Simple(ranges(offsetsAndLengths));
  }

  private static List<DeviceRange> ranges(long... offsetsAndLengths) {
    List<DeviceRange> ranges = new ArrayList<>();
    for (int i = 0; i < offsetsAndLengths.length; i += 2) {
      ranges.add(new DeviceRange(0, offsetsAndLengths[i], offsetsAndLengths[i + 1]));
    }
    return ranges;
  }

  @Test
  void randomMapsShowTheirBytes() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (Memory device : devices) {
      byte[] content = new byte[DEVICE_BYTES];
      random.nextBytes(content);
      MemorySegment.copy(MemorySegment.ofArray(content), 0, device.memory, 0, DEVICE_BYTES);
    }
    for (int i = 0; i < 3000; i++) {
      Fmap map = random(random);
      long size = random.nextLong(FmapCapacity.bytes(map) + 1);
      String what = "seed " + seed + ", size " + size + ", " + map;
      FileMapping file = map(size, map, Access.READ_ONLY);
      byte[] expected = new byte[(int) size];
      for (int at = 0; at < size; at++) {
        expected[at] = byteAt(map, at);
      }
      requireSame(file, MemorySegment.ofArray(expected), what);
      requireSegments(file, map, expected, what);
    }
  }

  private static Fmap random(SplittableRandom random) {
    int count = 1 + random.nextInt(4);
    boolean adjacent = random.nextBoolean();
    int device = random.nextInt(DEVICES);
    long at = random.nextLong(100);
    List<DeviceRange> ranges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (!adjacent) {
        device = random.nextInt(DEVICES);
        at = random.nextLong(1000);
      }
      long length = 1 + random.nextLong(64);
      ranges.add(new DeviceRange(device, at, length));
      at += length;
    }
    return random.nextBoolean()
        ? new Fmap.Simple(ranges)
        : new Fmap.Interleaved(1 + random.nextLong(40), ranges);
  }

  private static void requireSame(FileMapping file, MemorySegment expected, String what) {
    long size = expected.byteSize();
    assertEquals(size, file.sizeBytes(), what);
    for (long at = 0; at < size; ) {
      MemorySegment run = file.resolve(at);
      assertTrue(run.byteSize() > 0, what);
      assertEquals(-1, run.mismatch(expected.asSlice(at, run.byteSize())), what);
      at += run.byteSize();
    }
    byte[] all = new byte[(int) size];
    file.read(0, MemorySegment.ofArray(all));
    assertEquals(-1, expected.mismatch(MemorySegment.ofArray(all)), what);
    file.contiguous().ifPresent(one -> assertEquals(-1, one.mismatch(expected), what));
    boolean onePiece = size == 0 || file.resolve(0).byteSize() == size;
    assertTrue(file.contiguous().isPresent() || !onePiece, what);
    assertThrows(IndexOutOfBoundsException.class, () -> file.resolve(size), what);
    assertThrows(IndexOutOfBoundsException.class, () -> file.resolve(-1), what);
  }

  private static void requireSegments(FileMapping file, Fmap map, byte[] expected, String what) {
    List<MemorySegment> segments = file.segments();
    int count = map.ranges().size();
    assertEquals(count, segments.size(), what);
    long chunk = file.chunkBytes();
    long done = 0;
    for (int i = 0; i < count; i++) {
      MemorySegment segment = segments.get(i);
      for (long b = 0; b < segment.byteSize(); b++) {
        long at = chunk == 0 ? done + b : (b / chunk * count + i) * chunk + b % chunk;
        assertEquals(expected[(int) at], segment.get(JAVA_BYTE, b), what);
      }
      done += segment.byteSize();
    }
    assertEquals(expected.length, done, what);
  }

  @Test
  void onePieceIsOneSegment() {
    assertEquals(100, map(100, simple(0, 128), Access.READ_ONLY).contiguous().get().byteSize());
    FileMapping adjacent = map(100, simple(64, 50, 114, 60), Access.READ_ONLY);
    assertEquals(100, adjacent.contiguous().get().byteSize());
    assertEquals(100, adjacent.resolve(0).byteSize());
    assertEquals(List.of(50L, 50L), sizes(adjacent));
    FileMapping apart = map(100, simple(64, 50, 115, 60), Access.READ_ONLY);
    assertTrue(apart.contiguous().isEmpty());
    assertEquals(50, apart.resolve(0).byteSize());
    // One strip, strips of one chunk each behind each other, and a file within its first chunk.
    Fmap oneStrip = new Fmap.Interleaved(16, ranges(0, 128));
    assertEquals(100, map(100, oneStrip, Access.READ_ONLY).resolve(0).byteSize());
    Fmap oneStripe = new Fmap.Interleaved(64, ranges(0, 64, 64, 64));
    assertEquals(100, map(100, oneStripe, Access.READ_ONLY).contiguous().get().byteSize());
    Fmap striped = new Fmap.Interleaved(16, ranges(0, 64, 64, 64));
    assertTrue(map(17, striped, Access.READ_ONLY).contiguous().isEmpty());
    assertEquals(16, map(16, striped, Access.READ_ONLY).contiguous().get().byteSize());
    assertEquals(0, map(0, striped, Access.READ_ONLY).contiguous().get().byteSize());
  }

  private static List<Long> sizes(FileMapping file) {
    return file.segments().stream().map(MemorySegment::byteSize).toList();
  }

  @Test
  void readOnlyStaysReadOnly() {
    FileMapping file = map(100, simple(0, 128), Access.READ_ONLY);
    assertFalse(file.writable());
    List<MemorySegment> all = new ArrayList<>(file.segments());
    all.add(file.resolve(3));
    all.add(file.contiguous().get());
    for (MemorySegment segment : all) {
      assertTrue(segment.isReadOnly());
      assertThrows(IllegalArgumentException.class, () -> segment.set(JAVA_BYTE, 0, (byte) 1));
    }
    MemorySegment source = MemorySegment.ofArray(new byte[1]);
    assertThrows(IllegalArgumentException.class, () -> file.write(0, source));
  }

  @Test
  void whatIsWrittenIsReadAndNothingBehindTheEndIsTouched() {
    Fmap map = new Fmap.Interleaved(16, ranges(100, 64, 300, 64));
    FileMapping file = map(71, map, Access.READ_WRITE);
    assertTrue(file.writable());
    byte[] data = new byte[71];
    new SplittableRandom(1).nextBytes(data);
    file.write(0, MemorySegment.ofArray(data));
    requireSame(file, MemorySegment.ofArray(data), "written");
    assertEquals(0, byteAt(map, 71));
    MemorySegment two = MemorySegment.ofArray(new byte[] {1, 2});
    assertThrows(IndexOutOfBoundsException.class, () -> file.write(70, two));
    assertThrows(IndexOutOfBoundsException.class, () -> file.read(-1, two));
    assertEquals(0, byteAt(map, 71));
    assertEquals(data[70], byteAt(map, 70));
  }

  @Test
  void linesAreMovedWhereTheyAre() {
    FileMapping file =
        map(71, new Fmap.Interleaved(16, ranges(100, 64, 300, 64)), Access.READ_WRITE);
    file.writeBack(10, 30);
    assertEquals(
        List.of(
            new DeviceRange(0, 110, 6), new DeviceRange(0, 300, 16), new DeviceRange(0, 116, 8)),
        devices.getFirst().moved);
    devices.getFirst().moved.clear();
    file.invalidate(70, 1);
    assertEquals(List.of(new DeviceRange(1, 138, 1)), devices.getFirst().moved);
    file.invalidate(71, 0);
    assertThrows(IndexOutOfBoundsException.class, () -> file.writeBack(70, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> file.invalidate(-1, 1));
  }

  @Test
  void theMemoryHasToBeThatOfTheMap() {
    Fmap map = simple(0, 128);
    TreeMap<Integer, UUID> uuid = new TreeMap<>(java.util.Map.of(0, new UUID(0, 1)));
    ExtentList list = new ExtentList(10, map, uuid);
    Memory device = devices.getFirst();
    MappedSpan shorter = new MappedSpan(device, 0, device.memory.asSlice(0, 127));
    MappedSpan elsewhere = new MappedSpan(device, 1, device.memory.asSlice(1, 128));
    for (List<MappedSpan> wrong :
        List.of(List.<MappedSpan>of(), List.of(shorter), List.of(elsewhere))) {
      assertThrows(IllegalArgumentException.class, () -> FileMapping.of(list, wrong));
    }
  }
}
