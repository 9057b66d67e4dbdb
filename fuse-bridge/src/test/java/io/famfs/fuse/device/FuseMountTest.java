package io.famfs.fuse.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.Errno;
import io.famfs.dax.DaxDevices;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.famfs.TestVolume;
import io.famfs.fuse.server.FuseServer;
import io.famfs.os.ErrnoException;
import io.famfs.os.Mounts;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The whole way: this process as a user of a mount that it serves itself.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuseMountTest {
  private static final int WORKERS = 3;

  @TempDir Path directory;
  private TestVolume test;
  private FuseServer server;
  private FuseMount mount;

  @BeforeEach
  void mount() throws IOException {
    Mountable.assume(directory);
    test = TestVolume.inMemory();
    fill("simple", TestVolume.SIMPLE_BYTES);
    fill("striped", TestVolume.STRIPED_BYTES);
    server = new FuseServer(new FamfsFileSystem(test.volume(), FamfsOptions.standard()));
    mount = FuseMount.mount(options(), server);
  }

  private MountOptions options() {
    return MountOptions.at(directory, "fuse-test").withWorkers(WORKERS);
  }

  @AfterEach
  void unmount() {
    if (mount != null) {
      mount.close();
      test.close();
    }
  }

  private void fill(String path, long sizeBytes) {
    SplittableRandom random = new SplittableRandom(sizeBytes);
    byte[] block = new byte[TestVolume.BLOCK_BYTES];
    for (long at = 0; at < sizeBytes; at += TestVolume.BLOCK_BYTES) {
      random.nextBytes(block);
      MemorySegment memory = test.device().memory();
      MemorySegment.copy(
          MemorySegment.ofArray(block),
          0,
          memory,
          test.deviceOffset(path, at),
          TestVolume.BLOCK_BYTES);
    }
  }

  @Test
  void listsAndDescribesFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      Set<String> names = files.map(f -> f.getFileName().toString()).collect(Collectors.toSet());
      assertEquals(Set.of("hello", "dir", "simple", "striped"), names);
    }
    Path hello = directory.resolve("hello");
    assertEquals(5, Files.size(hello));
    assertEquals(0100640, Files.getAttribute(hello, "unix:mode"));
    assertEquals(TestVolume.HELLO_UID, Files.getAttribute(hello, "unix:uid"));
    assertEquals(test.nodeid("hello"), Files.getAttribute(hello, "unix:ino"));
    assertTrue(Files.isDirectory(directory.resolve("dir")));
    assertTrue(Files.exists(directory.resolve("dir/nested")));
    assertFalse(Files.exists(directory.resolve("nothing")));
  }

  @Test
  void readsEveryByteOfEveryMap() throws IOException {
    for (String path : List.of("hello", "simple", "striped", "dir/nested")) {
      requireSame(path, Files.readAllBytes(directory.resolve(path)));
    }
    assertTrue(server.stats().requests("READ") > 0);
  }

  private void requireSame(String path, byte[] read) {
    assertArrayEquals(test.contents(path), read, path);
  }

  @Test
  void twoReadersAtOnceGetTheSame() throws Exception {
    try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
      Callable<byte[]> read = () -> Files.readAllBytes(directory.resolve("striped"));
      for (Future<byte[]> result : readers.invokeAll(List.of(read, read))) {
        requireSame("striped", result.get());
      }
    }
  }

  @Test
  void writesInsideAFileAreInTheDeviceAtOnce() throws IOException {
    byte[] data = new byte[300_000];
    new SplittableRandom(1).nextBytes(data);
    // Across the border of the second and third chunk, at an odd offset.
    long offset = (4L << 20) - 100_001;
    try (FileChannel channel =
        FileChannel.open(directory.resolve("striped"), StandardOpenOption.WRITE)) {
      assertEquals(data.length, channel.write(ByteBuffer.wrap(data), offset));
      for (int i = 0; i < data.length; i++) {
        assertEquals(data[i], test.byteAt("striped", offset + i));
      }
      channel.force(true);
    }
    assertTrue(server.stats().requests("FSYNC") > 0);
  }

  @Test
  void storesOfOthersAreSeenByAnOpenFile() throws IOException {
    try (FileChannel channel = FileChannel.open(directory.resolve("hello"))) {
      ByteBuffer buffer = ByteBuffer.allocate(5);
      channel.read(buffer, 0);
      test.write("hello", "jelly".getBytes(StandardCharsets.US_ASCII));
      channel.read(buffer.clear(), 0);
      assertEquals("jelly", new String(buffer.array(), StandardCharsets.US_ASCII));
    }
  }

  @Test
  void aFileCannotGrow() throws IOException {
    Path hello = directory.resolve("hello");
    try (FileChannel channel = FileChannel.open(hello, StandardOpenOption.WRITE)) {
      assertEquals(2, channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 3));
      ByteBuffer more = ByteBuffer.wrap(new byte[] {1});
      requireReason("File too large", () -> channel.write(more, 5));
      requireReason("Operation not permitted", () -> channel.truncate(1));
    }
    requireReason("Operation not permitted", () -> Files.writeString(hello, "longer than it was"));
    assertEquals(5, Files.size(hello));
  }

  @Test
  void whatTheFormatCannotExpressFailsWithAReason() throws IOException {
    Path file = directory.resolve("new");
    Path hello = directory.resolve("hello");
    requireReason("Operation not permitted", () -> Files.delete(hello));
    requireReason("Operation not permitted", () -> Files.move(hello, file));
    requireReason("Operation not permitted", () -> Files.createSymbolicLink(file, hello));
    requireReason("Operation not permitted", () -> Files.createLink(file, hello));
    FileTime time = FileTime.from(Instant.ofEpochSecond(1_000_000_000));
    Files.setLastModifiedTime(hello, time);
    assertEquals(time, Files.getLastModifiedTime(hello));
  }

  private interface Action {
    Object run() throws IOException;
  }

  private interface VoidAction {
    void run() throws IOException;
  }

  private static void requireReason(String reason, VoidAction action) {
    IOException e = assertThrows(IOException.class, action::run);
    String said = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    assertEquals(reason, said);
  }

  private static void requireReason(String reason, Action action) {
    requireReason(reason, (VoidAction) action::run);
  }

  @Test
  void dfIsRight() throws IOException {
    FileStore store = Files.getFileStore(directory);
    assertEquals("fuse-test", store.name());
    assertEquals("fuse.famfs", store.type());
    assertEquals(test.volume().usage().totalBytes(), store.getTotalSpace());
    assertEquals(test.volume().usage().freeBytes(), store.getUsableSpace());
  }

  @Test
  void anotherProcessCanMapAFileShared() throws Exception {
    test.write("simple", "loaded".getBytes(StandardCharsets.US_ASCII));
    Process client =
        new ProcessBuilder(
                JavaCommand.of(
                    List.of(),
                    MappingClient.class,
                    directory.resolve("simple").toString(),
                    "6",
                    "stored"))
            .redirectErrorStream(true)
            .start();
    String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertTrue(client.waitFor(30, TimeUnit.SECONDS));
    assertEquals("loaded", output);
    for (int i = 0; i < 6; i++) {
      assertEquals("stored".charAt(i), test.byteAt("simple", i));
    }
  }

  @Test
  void unmountIsCleanAndAwaited() throws Exception {
    assertTrue(mount.isServed());
    try (FileChannel _ = FileChannel.open(directory.resolve("hello"))) {
      ErrnoException busy = assertThrows(ErrnoException.class, () -> mount.unmount());
      assertEquals(Errno.EBUSY, busy.errno());
      assertEquals(5, Files.size(directory.resolve("hello")));
    }
    mount.unmount();
    assertEquals(MountEnd.UNMOUNTED, mount.awaitEnd());
    assertFalse(mount.isServed());
    assertFalse(Files.exists(directory.resolve("hello")));
    try (FuseMount again = FuseMount.mount(options(), server)) {
      assertTrue(Files.exists(directory.resolve("hello")));
      assertTrue(again.isServed());
    }
  }

  @Test
  void anUnmountByOthersIsNoticed() throws Exception {
    Process umount = new ProcessBuilder("umount", directory.toString()).inheritIO().start();
    assertTrue(umount.waitFor(10, TimeUnit.SECONDS));
    assertEquals(0, umount.exitValue());
    assertEquals(MountEnd.UNMOUNTED, mount.awaitEnd());
  }

  @Test
  void badPlacesAreRefusedInPlainWords() {
    requireRefusal("mounted already", directory);
    requireRefusal("does not exist", directory.resolve("nowhere"));
    requireRefusal("not a directory", directory.resolve("hello"));
  }

  private void requireRefusal(String words, Path place) {
    MountOptions there = MountOptions.at(place, "fuse-test");
    IOException e = assertThrows(IOException.class, () -> FuseMount.mount(there, server));
    assertTrue(String.valueOf(e.getMessage()).contains(words), String.valueOf(e.getMessage()));
  }

  @Test
  void memoryThatHasGoneIsAnErrorAndTheMountLives(@TempDir Path place) throws IOException {
    Path file = place.resolve("device");
    Path there = Files.createDirectory(place.resolve("mount"));
    try (TestVolume shrinking =
            TestVolume.on(DaxDevices.createFile(file, TestVolume.DEVICE_BYTES));
        FuseMount _ =
            FuseMount.mount(
                MountOptions.at(there, "shrinking"),
                new FuseServer(new FamfsFileSystem(shrinking.volume(), FamfsOptions.standard())))) {
      Path striped = there.resolve("striped");
      assertEquals(TestVolume.STRIPED_BYTES, Files.readAllBytes(striped).length);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(12 << 20);
      }
      requireReason("Input/output error", () -> Files.readAllBytes(striped));
      assertEquals(5, Files.readAllBytes(there.resolve("hello")).length);
    }
  }

  @Test
  void anAbortedConnectionIsReportedAndCanBeCleared(@TempDir Path control) throws Exception {
    Mounts.mount("fusectl", control, "fusectl", 0, "");
    try {
      assertTrue(MountPoint.abort(directory, control));
    } finally {
      Mounts.unmount(control, true);
    }
    assertEquals(MountEnd.ABORTED, mount.awaitEnd());
    requireRefusal("whose server is gone", directory);
    Mounts.unmount(directory, false);
  }
}
