package io.famfs.cli;

import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.virtiofs.VirtioFsServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `famfs serve`: the virtio-fs door.
@Command(
    name = "serve",
    description = {
      "Serves a file system to a virtual machine over a vhost-user socket, until SIGTERM.",
      "Prints 'ready' when a front-end can connect."
    },
    footer = {
      "",
      "With --window, QEMU (11.1 or newer) needs -device"
          + " vhost-user-test-device-pci,chardev=C,virtio-id=26,num_vqs=N+1,config_size=40,"
          + "vq_size=128 and the guest mounts with -o dax; without, -device"
          + " vhost-user-fs-pci,chardev=C,tag=TAG. Guest memory has to be shared"
          + " (memory-backend-memfd,share=on)."
    })
final class ServeCommand extends BaseCommand {
  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(
      names = "--socket",
      required = true,
      paramLabel = "PATH",
      description = "The vhost-user socket to listen on.")
  private Path socket = Path.of("");

  @Option(
      names = "--tag",
      required = true,
      paramLabel = "TAG",
      description = "What the guest mounts: 1 to 36 bytes.")
  private String tag = "";

  @Option(
      names = "--window",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Offer a DAX window of this size, a power of two from 2M (default: none).")
  private long windowBytes;

  @Option(
      names = "--queues",
      paramLabel = "N",
      description = "Request queues (default: ${DEFAULT-VALUE}).")
  private int queues = 1;

  @Option(
      names = "--request-timeout",
      paramLabel = "SECONDS",
      description = {
        "What a guest (Linux 6.14) waits for an answer before it takes this server for dead and",
        "its users get errors; 0 is for ever (default: ${DEFAULT-VALUE})."
      })
  private int requestTimeoutSeconds = 120;

  @Option(
      names = "--arch",
      paramLabel = "MACHINE",
      converter = ArchitectureConverter.class,
      description = {
        "What the guests run on, as uname -m has it there: x86_64, aarch64, ppc64le, s390x, ...",
        "(default: what a guest says, or shows by the first directory it lists)."
      })
  private @Nullable ClientArchitecture architecture;

  @Option(names = "--readonly", description = "Refuse every write.")
  private boolean readOnly;

  @Mixin private FollowOption follow = new FollowOption();

  @Mixin private LockOption locks = new LockOption();

  @Mixin private FileMapOptions fileMaps = new FileMapOptions();

  @Mixin private DaxOption dax = new DaxOption();

  @Mixin private CacheOption cache = new CacheOption();

  @Mixin private TimeoutOptions timeouts = new TimeoutOptions();

  @Mixin private WarmUpOption warmUp = new WarmUpOption();

  @Mixin private SeeingOptions seeing = new SeeingOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    StderrLog.show(System.Logger.Level.INFO);
    if (readOnly && windowBytes != 0) {
      throw CliException.misuse(
          "--readonly and --window exclude each other: a front-end does not enforce read-only"
              + " mappings; serve without a window, or mount read-only in the guest");
    }
    VirtioFsServer.Options options = options();
    Visibility visibility = seeing.visibility("serve", false);
    OpenVolume opened = OpenVolume.forServing(devices.required(), follow.mode(readOnly));
    VirtioFsServer server;
    try {
      opened.warn(err());
      warmUp.run();
      FuseServer fuse =
          new FuseServer(
              new FamfsFileSystem(opened.volume(), files()),
              fileMaps.forGuests(
                  locks.apply(
                      ClientOptions.standard()
                          .withRequestTimeout(Duration.ofSeconds(requestTimeoutSeconds))
                          .withArchitecture(architecture))),
              visibility.observe());
      server = server(options, opened, fuse);
      visibility.show(fuse, tag, details(opened));
      server.start();
    } catch (IOException | RuntimeException e) {
      visibility.close();
      opened.close();
      throw e;
    }
    Foreground foreground =
        new Foreground(() -> {
          server.close();
          visibility.close();
          opened.close();
        });
    out().println("ready");
    out().flush();
    foreground.await();
    return DONE;
  }

  private Map<String, String> details(OpenVolume opened) {
    return Map.of("socket", socket.toAbsolutePath().toString(), "devices", opened.names());
  }

  private FamfsOptions files() {
    FamfsOptions files = FamfsOptions.standard().withReadOnly(readOnly);
    return timeouts.apply(cache.apply(dax.apply(fileMaps.apply(files))));
  }

  private static VirtioFsServer server(
      VirtioFsServer.Options options, OpenVolume opened, FuseServer fuse) {
    try {
      return new VirtioFsServer(options, opened.byIndex(), fuse);
    } catch (IllegalArgumentException e) {
      throw CliException.misuse(String.valueOf(e.getMessage()));
    }
  }

  private VirtioFsServer.Options options() {
    try {
      return new VirtioFsServer.Options(socket, tag, queues, windowBytes);
    } catch (IllegalArgumentException e) {
      throw CliException.misuse(String.valueOf(e.getMessage()));
    }
  }
}
