package io.famfs.fuse.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.core.Errno;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.ExtentList;
import io.famfs.core.mapping.Access;
import io.famfs.core.mapping.FileMapping;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.dax.MountedExtents;
import io.famfs.dax.MountedFiles;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.protocol.ExtentsIoctl;
import io.famfs.fuse.server.FuseServer;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Ioctl;
import io.famfs.store.FileCreation;
import io.famfs.store.FormatOptions;
import io.famfs.store.NewAttributes;
import io.famfs.store.Placement;
import io.famfs.store.StoreException;
import io.famfs.store.Volume;
import io.famfs.store.mapping.VolumeMapper;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Programs that map files themselves, beside a mount of the same volume over two device files.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MappedFilesTest {
  private static final int STRIPED_BYTES = (int) (11 * ByteSize.MIB) + 17;
  private static final int PLAIN_BYTES = (int) (5 * ByteSize.MIB) + 123;

  @TempDir Path directory;
  private Path place;
  private final List<Path> paths = new ArrayList<>();
  private final List<MappedDaxDevice> devices = new ArrayList<>();
  private Volume volume;
  private FuseServer server;
  private FuseMount mount;

  @BeforeEach
  void mount() throws IOException {
    Mountable.assume(directory);
    Path shm = Path.of("/dev/shm");
    place = Files.createTempDirectory(Files.isWritable(shm) ? shm : directory, "famfs-map-");
    for (String name : new String[] {"first", "second"}) {
      paths.add(place.resolve(name));
      devices.add(DaxDevices.createFile(paths.getLast(), 128 * ByteSize.MIB));
    }
    volume = Volume.format(devices, FormatOptions.ownedBy(new UUID(1, 2)));
    make("plain", PLAIN_BYTES, Placement.contiguous());
    make("striped", STRIPED_BYTES, Placement.interleaved(2 * ByteSize.MIB, 2, 0, 7));
    make("empty", 0, Placement.contiguous());
    server = new FuseServer(new FamfsFileSystem(volume, FamfsOptions.standard()));
    Files.createDirectory(directory.resolve("mnt"));
    mount = FuseMount.mount(MountOptions.at(directory.resolve("mnt"), "mapped"), server);
  }

  private void make(String path, long size, Placement placement) throws StoreException {
    try (FileCreation made =
        volume.create(path, size, new NewAttributes(0640, 1000, 2000), placement)) {
      made.commit();
    }
  }

  @AfterEach
  void unmount() throws IOException {
    if (mount != null) {
      mount.close();
      volume.close();
      devices.forEach(MappedDaxDevice::close);
      for (Path path : paths) {
        Files.delete(path);
      }
      Files.delete(place);
    }
  }

  private Path file(String name) {
    return directory.resolve("mnt").resolve(name);
  }

  private static byte[] random(int seed, int bytes) {
    byte[] data = new byte[bytes];
    new SplittableRandom(seed).nextBytes(data);
    return data;
  }

  private void writeThroughMount(String name, byte[] data, long offset) throws IOException {
    try (FileChannel channel = FileChannel.open(file(name), StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(data);
      while (buffer.hasRemaining()) {
        channel.write(buffer, offset + buffer.position());
      }
    }
  }

  private static byte[] contents(FileMapping file) {
    byte[] all = new byte[(int) file.sizeBytes()];
    file.read(0, MemorySegment.ofArray(all));
    return all;
  }

  @Test
  void attributeAndIoctlSayWhatTheLogSays() throws IOException {
    for (String name : new String[] {"plain", "striped", "empty"}) {
      FileInode inode = (FileInode) Objects.requireNonNull(volume.namespace().find(name), name);
      ExtentList expected = VolumeMapper.open(volume).list(inode);
      assertTrue(MountedExtents.isServed(file(name)));
      assertEquals(expected, MountedExtents.read(file(name)));
      try (Fd fd = Fd.open(file(name), Fd.O_RDONLY, 0);
          Arena arena = Arena.ofConfined()) {
        MemorySegment answer = arena.allocate(ExtentsIoctl.BYTES, 8);
        ExtentsIoctl.ask(answer, 0, 0);
        long number = Integer.toUnsignedLong(ExtentsIoctl.REQUEST);
        assertEquals(0, Ioctl.call(fd, number, answer));
        assertEquals(expected.sizeBytes(), ExtentsIoctl.sizeBytes(answer, 0));
        assertEquals(expected.chunkBytes(), ExtentsIoctl.chunkBytes(answer, 0));
        List<DeviceRange> ranges = expected.map().ranges();
        assertEquals(ranges.size(), ExtentsIoctl.count(answer, 0));
        for (int i = 0; i < ranges.size(); i++) {
          assertEquals(ranges.get(i), ExtentsIoctl.range(answer, 0, i));
          assertEquals(expected.device(ranges.get(i)), ExtentsIoctl.device(answer, 0, i));
        }
        ExtentsIoctl.ask(answer, 0, ranges.size());
        assertEquals(-Errno.EINVAL, Ioctl.call(fd, number, answer));
        assertEquals(-Errno.ENOTTY, Ioctl.call(fd, number + 1, answer));
      }
    }
    assertEquals(2, MountedExtents.read(file("striped")).devices().size());
  }

  @Test
  void attributesAnswerAsTheKernelExpects() throws IOException {
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(file("plain"), UserDefinedFileAttributeView.class);
    assertEquals(List.of(), view.list());
    ByteBuffer small = ByteBuffer.allocate(10);
    assertThrows(FileSystemException.class, () -> view.read("famfs.extents", small));
    requireReason("No data available", () -> view.size("other"));
    ByteBuffer value = ByteBuffer.wrap(new byte[] {1});
    requireReason("Operation not permitted", () -> view.write("famfs.extents", value));
    requireReason("Operation not supported", () -> view.write("other", value));
    requireReason("Operation not permitted", () -> view.delete("famfs.extents"));
    UserDefinedFileAttributeView folder =
        Files.getFileAttributeView(file(""), UserDefinedFileAttributeView.class);
    assertEquals(List.of(), folder.list());
    requireReason("No data available", () -> folder.size("famfs.extents"));
    ErrnoException elsewhere =
        assertThrows(ErrnoException.class, () -> MountedExtents.read(paths.getFirst()));
    assertEquals(Errno.EOPNOTSUPP, elsewhere.errno());
  }

  private interface Action {
    void run() throws IOException;
  }

  private static void requireReason(String reason, Action action) {
    FileSystemException e = assertThrows(FileSystemException.class, action::run);
    assertTrue(String.valueOf(e.getReason()).endsWith(reason), String.valueOf(e.getReason()));
  }

  @Test
  void programsOfOthersSeeTheBytesOfTheMount() throws IOException {
    byte[] plain = random(1, PLAIN_BYTES);
    byte[] striped = random(2, STRIPED_BYTES);
    writeThroughMount("plain", plain, 0);
    writeThroughMount("striped", striped, 0);
    Arena arena = Arena.ofShared();
    FileMapping file;
    FileMapping strips;
    try (MountedFiles files = MountedFiles.open(paths, Mode.READ_ONLY)) {
      file = files.map(file("plain"), Access.READ_ONLY, arena);
      strips = files.map(file("striped"), Access.READ_ONLY, arena);
      assertEquals(0, files.map(file("empty"), Access.READ_ONLY, arena).sizeBytes());
    }
    // What was mapped outlives the devices that were opened.
    assertArrayEquals(plain, contents(file));
    assertArrayEquals(plain, file.contiguous().get().toArray(ValueLayout.JAVA_BYTE));
    assertArrayEquals(striped, contents(strips));
    MemorySegment second = strips.segments().get(1);
    assertEquals(striped[(int) (2 * ByteSize.MIB)], second.get(ValueLayout.JAVA_BYTE, 0));
    byte[] more = random(3, 300_000);
    long offset = 4 * ByteSize.MIB - 100_001;
    writeThroughMount("striped", more, offset);
    System.arraycopy(more, 0, striped, (int) offset, more.length);
    assertArrayEquals(striped, contents(strips));
    MemorySegment all = file.resolve(0);
    assertThrows(IllegalArgumentException.class, () -> all.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
    arena.close();
    assertThrows(IllegalStateException.class, () -> all.get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  void theMountSeesTheStoresOfProgramsThatMap() throws IOException {
    byte[] data = random(4, STRIPED_BYTES);
    try (MountedFiles files = MountedFiles.open(paths, Mode.READ_WRITE);
        Arena arena = Arena.ofShared()) {
      FileMapping file = files.map(file("striped"), Access.READ_WRITE, arena);
      file.write(0, MemorySegment.ofArray(data));
      file.writeBack(0, file.sizeBytes());
      assertArrayEquals(data, Files.readAllBytes(file("striped")));
      FileMapping same = VolumeMapper.open(volume).map("striped", Access.READ_WRITE);
      assertArrayEquals(data, contents(same));
      same.resolve(5).set(ValueLayout.JAVA_BYTE, 0, (byte) ~data[5]);
      assertEquals((byte) ~data[5], Files.readAllBytes(file("striped"))[5]);
      assertEquals((byte) ~data[5], file.resolve(5).get(ValueLayout.JAVA_BYTE, 0));
    }
  }

  @Test
  void whatCannotBeMappedSaysWhy() throws IOException {
    try (Arena arena = Arena.ofShared();
        MountedFiles one = MountedFiles.open(paths.subList(0, 1), Mode.READ_ONLY)) {
      requireErrno(Errno.ENXIO, () -> one.map(file("striped"), Access.READ_ONLY, arena));
      requireErrno(Errno.EROFS, () -> one.map(file("plain"), Access.READ_WRITE, arena));
      requireErrno(Errno.ENOENT, () -> one.map(file("none"), Access.READ_ONLY, arena));
      requireErrno(Errno.EOPNOTSUPP, () -> one.map(paths.getFirst(), Access.READ_ONLY, arena));
      requireReason("No data available", () -> one.map(file(""), Access.READ_ONLY, arena));
    }
    requireErrno(
        Errno.EINVAL, () -> MountedFiles.open(List.of(paths.get(0), paths.get(0)), Mode.READ_ONLY));
    Path other = Files.write(directory.resolve("other"), new byte[1 << 16]);
    requireErrno(Errno.EINVAL, () -> MountedFiles.open(List.of(other), Mode.READ_ONLY));
    VolumeMapper mapper = VolumeMapper.open(volume);
    requireStoreErrno(Errno.ENOENT, () -> mapper.map("none", Access.READ_ONLY));
    requireStoreErrno(Errno.EISDIR, () -> mapper.map("", Access.READ_ONLY));
    volume.makeFile("growing", new NewAttributes(0600, 0, 0));
    requireStoreErrno(Errno.EBUSY, () -> mapper.map("growing", Access.READ_ONLY));
    requireReason("Device or resource busy", () -> MountedExtents.read(file("growing")));
  }

  private static void requireErrno(int errno, Action action) {
    assertEquals(errno, assertThrows(ErrnoException.class, action::run).errno());
  }

  private static void requireStoreErrno(int errno, Action action) {
    assertEquals(errno, assertThrows(StoreException.class, action::run).errno());
  }

  @Test
  void writingAsksForNoAttributeMoreThanOnce() throws IOException {
    byte[] page = new byte[4096];
    for (int i = 0; i < 200; i++) {
      writeThroughMount("plain", page, 4096L * i);
    }
    assertTrue(server.stats().requests("WRITE") >= 200);
    assertTrue(
        server.stats().requests("GETXATTR") < 10,
        () -> "asked " + server.stats().requests("GETXATTR") + " times");
  }
}
