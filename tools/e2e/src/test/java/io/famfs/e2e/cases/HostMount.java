package io.famfs.e2e.cases;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.device.FuseMount;
import io.famfs.fuse.device.MountOptions;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.store.FormatOptions;
import io.famfs.store.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;

/// An empty volume in memory, mounted on this host; everybody may make files in it.
final class HostMount implements AutoCloseable {
  private final MappedDaxDevice device;
  private final Volume volume;
  private final FuseMount mount;
  private final Path directory;

  private HostMount(MappedDaxDevice device, Path directory, int workers) throws IOException {
    this.device = device;
    this.directory = directory;
    volume = Volume.format(List.of(device), FormatOptions.ownedBy(UUID.randomUUID()));
    volume.namespace().root().setMode(0777);
    FuseServer server = new FuseServer(new FamfsFileSystem(volume, FamfsOptions.standard()));
    mount = FuseMount.mount(MountOptions.at(directory, "host-mount").withWorkers(workers), server);
  }

  /// Skips the test, loudly, where mounting is not possible.
  ///
  /// @param place a directory that this process has made
  static void assume(Path place) throws IOException {
    boolean root = ((Number) Files.getAttribute(place, "unix:uid")).intValue() == 0;
    boolean possible = root && Files.isWritable(Path.of("/dev/fuse"));
    if (!possible) {
      System.err.println("*** SKIPPED: a mount needs root and /dev/fuse ***");
    }
    Assumptions.assumeTrue(possible, "mounting needs root and /dev/fuse");
  }

  /// Makes a volume and mounts it.
  ///
  /// @param directory made here
  /// @param workers threads that serve it; one serves requests in their order
  static HostMount of(Path directory, long deviceBytes, int workers) throws IOException {
    Files.createDirectory(directory);
    MappedDaxDevice device = DaxDevices.memfd("host-mount", deviceBytes);
    boolean mounted = false;
    try {
      HostMount mount = new HostMount(device, directory, workers);
      mounted = true;
      return mount;
    } finally {
      if (!mounted) {
        device.close();
      }
    }
  }

  Path directory() {
    return directory;
  }

  Volume volume() {
    return volume;
  }

  @Override
  public void close() {
    mount.close();
    volume.close();
    device.close();
  }
}
