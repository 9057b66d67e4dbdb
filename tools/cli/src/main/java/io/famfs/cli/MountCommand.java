package io.famfs.cli;

import io.famfs.fuse.device.FuseMount;
import io.famfs.fuse.device.MountOptions;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.os.handover.FdStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs mount`: the /dev/fuse door.
@Command(
    name = "mount",
    description = "Mounts a file system on this host through /dev/fuse, without libfuse.",
    footer = {
      "",
      "Options: ro, rw, allow_other (default as root), noallow_other, workers=N,",
      "spin_us=N (an idle worker looks so long for a request before it sleeps, 50, 0 to 1000).",
      "The server runs in the background until 'famfs umount DIRECTORY' or umount(8).",
      "A mount that is read-only, or on a host that does not own the file system, works beside the",
      "owner's and shows by itself what is added there."
    })
final class MountCommand extends BaseCommand {
  @Option(
      names = "-o",
      paramLabel = "OPTIONS",
      split = ",",
      description = "Mount options, separated by commas.")
  private List<String> options = new ArrayList<>();

  @Option(
      names = {"-r", "--read"},
      description = "Mount read-only; the same as -o ro.")
  private boolean read;

  @Mixin private MountLetters letters = new MountLetters();

  @Mixin private FollowOption follow = new FollowOption();

  @Mixin private LockOption locks = new LockOption();

  @Mixin private FileMapOptions fileMaps = new FileMapOptions();

  @Mixin private TimeoutOptions timeouts = new TimeoutOptions();

  @Mixin private WarmUpOption warmUp = new WarmUpOption();

  @Mixin private CoherenceOptions coherence = new CoherenceOptions();

  @Mixin private SeeingOptions seeing = new SeeingOptions();

  @Mixin private IsolationOptions isolation = new IsolationOptions();

  @Option(
      names = "--foreground",
      description = "Stay in the foreground; print 'ready' when mounted; SIGTERM unmounts.")
  private boolean foreground;

  @Parameters(index = "0", paramLabel = "DEVICE", description = "The device.")
  private Path device = Path.of("");

  @Parameters(index = "1", paramLabel = "DIRECTORY", description = "Where to mount it.")
  private Path directory = Path.of("");

  @Override
  public Integer call() throws IOException, InterruptedException {
    letters.check(read);
    StderrLog.show(letters.debug() ? System.Logger.Level.DEBUG : System.Logger.Level.INFO);
    MountFlags flags = MountFlags.parse(options);
    if (read) {
      flags = flags.asReadOnly();
    }
    boolean background = !foreground && !letters.debug();
    Visibility visibility = seeing.visibility("mount", background);
    return background ? startInBackground() : serve(flags, visibility);
  }

  private int serve(MountFlags flags, Visibility visibility)
      throws IOException, InterruptedException {
    Devices devices = new Devices(List.of(device), coherence.policies());
    FdStore store = FdStore.ofEnvironment();
    OpenVolume opened = OpenVolume.forServing(devices, follow.mode(flags.readOnly()));
    FuseMount mount;
    try {
      opened.warn(err());
      warmUp.run();
      letters.withoutEffect().forEach(this::complain);
      FamfsOptions files =
          timeouts.apply(
              letters.apply(
                  fileMaps.apply(FamfsOptions.standard().withReadOnly(flags.readOnly()))));
      MountOptions where =
          letters.apply(
              MountOptions.at(
                      MountTable.followed(directory.toAbsolutePath()),
                      device.toRealPath().toString())
                  .withReadOnly(flags.readOnly())
                  .withAllowOther(flags.allowOther())
                  .withWorkers(flags.workers())
                  .withSpin(flags.spin()));
      FuseServer fuse =
          new FuseServer(
              new FamfsFileSystem(opened.volume(), files),
              fileMaps.forHost(locks.apply(ClientOptions.standard()), opened),
              visibility.observe());
      visibility.show(fuse, where.directory().toString(), Map.of("devices", opened.names()));
      mount = mounted(where, fuse, store);
    } catch (IOException | RuntimeException e) {
      visibility.close();
      opened.close();
      throw e;
    }
    lockIn(opened, mount);
    Foreground process =
        new Foreground(() -> {
          boolean left = mount.leaves();
          mount.close();
          visibility.close();
          if (!left) {
            opened.close();
          }
        });
    out().println("ready");
    mention();
    out().flush();
    if (store != null) {
      store.ready();
    }
    mount.awaitEnd();
    process.end();
    if (store != null) {
      store.finished();
    }
    return DONE;
  }

  private static FuseMount mounted(MountOptions where, FuseServer fuse, @Nullable FdStore store)
      throws IOException {
    if (store == null) {
      return FuseMount.mount(where, fuse);
    }
    fuse.leaveTo(store);
    return FuseMount.mount(where, fuse, store);
  }

  /// The mount is taken away again when the server cannot be locked in.
  private void lockIn(OpenVolume opened, FuseMount mount) {
    try {
      IsolationOptions.enter(
          IsolationOptions.withDevices(isolation.settings(null).withUnmounts(), opened));
    } catch (CliException e) {
      mount.close();
      opened.close();
      throw e;
    }
  }

  /// Starts this command again in a session of its own and waits for its word.
  private int startInBackground() throws IOException, InterruptedException {
    String launcher = System.getProperty("famfs.launcher");
    if (launcher == null) {
      throw new CliException("cannot go to the background from here: add --foreground");
    }
    List<String> command = new ArrayList<>(List.of("setsid", launcher, "mount", "--foreground"));
    if (!options.isEmpty()) {
      command.addAll(List.of("-o", String.join(",", options)));
    }
    if (read) {
      command.add("--read");
    }
    if (follow.given()) {
      command.add("--follow");
    }
    command.addAll(letters.arguments());
    command.addAll(locks.arguments());
    command.addAll(fileMaps.arguments());
    command.addAll(timeouts.arguments());
    command.addAll(warmUp.arguments());
    command.addAll(coherence.arguments());
    command.addAll(seeing.arguments());
    command.addAll(isolation.arguments());
    command.addAll(List.of("--", device.toString(), directory.toString()));
    ProcessBuilder background =
        new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.from(nowhere()));
    // Whoever keeps descriptors for this process does not for that one.
    background.environment().keySet().removeAll(List.of("NOTIFY_SOCKET", "FDSTORE"));
    Process server = background.start();
    String word = firstLine(server);
    if ("ready".equals(word)) {
      // Warnings about what was found at the start; what it says later has no reader.
      byte[] warnings = server.getErrorStream().readNBytes(server.getErrorStream().available());
      err().print(new String(warnings, StandardCharsets.UTF_8));
      err().flush();
      mention();
      out().flush();
      return DONE;
    }
    server.errorReader(StandardCharsets.UTF_8).lines().forEach(err()::println);
    err().flush();
    int code = server.waitFor();
    return code == 0 ? FAILED : code;
  }

  private void mention() {
    if (letters.verbose()) {
      out().println(device + " mounted on " + directory);
    }
  }

  private static java.io.File nowhere() {
    return new java.io.File("/dev/null");
  }

  private static @Nullable String firstLine(Process process) throws IOException {
    return new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
        .readLine();
  }
}
