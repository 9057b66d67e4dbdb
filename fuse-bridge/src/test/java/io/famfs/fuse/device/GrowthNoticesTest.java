package io.famfs.fuse.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.fuse.famfs.CachePolicy;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.store.FollowListener;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A volume that another process makes larger, seen through a mount whose kernel remembers names
/// and attributes for a day: what is new shows because the kernel is told, not because a timeout
/// has run out.
@Timeout(120)
class GrowthNoticesTest {
  private static final long DEVICE_BYTES = 256L << 20;

  /// A promise of the store is 10 ms; this is for a machine with other things to do.
  private static final long LIMIT_NANOS = 10_000_000_000L;

  private static final int MANY = 300;

  @TempDir Path place;

  private GrowingHost other;
  private MappedDaxDevice device;
  private Volume volume;
  private FuseServer server;
  private FuseMount mount;

  @BeforeEach
  void mount() throws Exception {
    Mountable.assume(place);
    Path file = place.resolve("device");
    UUID owner = UUID.randomUUID();
    try (MappedDaxDevice made = DaxDevices.createFile(file, DEVICE_BYTES);
        Volume formatted = Volume.format(List.of(made), FormatOptions.ownedBy(owner))) {
      formatted.mkdir("sub", 0755, 0, 0);
    }
    other = GrowingHost.start(file, owner);
    device = DaxDevices.open(file, Mode.READ_ONLY);
    volume = Volume.open(List.of(device), OpenOptions.forReading());
    FamfsOptions options = FamfsOptions.standard().withReadOnly(true).withCache(CachePolicy.ALWAYS);
    server = new FuseServer(new FamfsFileSystem(volume, options));
    volume.follow(new FollowListener() {});
    mount = FuseMount.mount(MountOptions.at(Mountable.directory(place, "m"), "grows"), server);
  }

  @AfterEach
  void unmount() throws Exception {
    if (mount != null) {
      mount.close();
      volume.close();
      device.close();
      other.close();
    }
  }

  private Path path(String name) {
    return mount.directory().resolve(name);
  }

  private long asked() {
    return server.stats().requests("GETATTR")
        + server.stats().requests("STATX")
        + server.stats().requests("LOOKUP");
  }

  private static int links(Path directory) {
    try {
      return ((Number) Files.getAttribute(directory, "unix:nlink")).intValue();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Looks at a directory until nothing is asked for it any more.
  private void remember(Path directory) {
    long before;
    do {
      before = asked();
      links(directory);
    } while (asked() != before);
  }

  private static void soon(String what, BooleanSupplier seen) {
    long startNanos = System.nanoTime();
    while (!seen.getAsBoolean()) {
      assertTrue(System.nanoTime() - startNanos < LIMIT_NANOS, what);
      Thread.onSpinWait();
    }
  }

  @Test
  void aFileShowsUnderANameThatWasMissing() throws Exception {
    assertFalse(Files.exists(path("made")));
    assertFalse(Files.exists(path("made")));
    other.create("made", 10_000);
    soon("the file", () -> Files.exists(path("made")));
    assertEquals(10_000, Files.size(path("made")));
    try (Stream<Path> listing = Files.list(mount.directory())) {
      assertEquals(2, listing.count());
    }
  }

  /// The attributes of a directory are kept for a day, and nothing is asked as long as nothing has
  /// changed.
  @Test
  void aDirectoryThatHasGrownIsLookedAtAnew() throws Exception {
    Path sub = path("sub");
    remember(sub);
    long before = asked();
    for (int i = 0; i < 100; i++) {
      assertEquals(2, links(sub));
    }
    assertEquals(before, asked(), "the kernel does not remember");
    var time = Files.getLastModifiedTime(sub);
    other.makeDirectories("sub/a", 1);
    soon("the links of the directory", () -> links(sub) == 3);
    assertTrue(Files.getLastModifiedTime(sub).compareTo(time) > 0, "its time");
    remember(sub);
    before = asked();
    assertEquals(3, links(sub));
    assertEquals(before, asked(), "the kernel does not remember any more");
  }

  @Test
  void soAreManyThatGrowOneAfterTheOther() throws Exception {
    remember(path("sub"));
    other.makeDirectories("sub/a", MANY);
    soon("the links of the directory", () -> links(path("sub")) == 2 + MANY);
    soon("the last one", () -> Files.isDirectory(path("sub/a" + (MANY - 1) + "/d")));
  }
}
