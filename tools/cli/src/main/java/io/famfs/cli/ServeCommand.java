package io.famfs.cli;

import io.famfs.doors.DoorException;
import io.famfs.doors.DoorPlan;
import io.famfs.doors.Doors;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.famfs.WriteRight;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.os.Listening;
import io.famfs.os.handover.FdStore;
import io.famfs.os.sandbox.PathAccess;
import io.famfs.os.sandbox.SandboxSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `famfs serve`: the virtio-fs door.
@Command(
    name = "serve",
    description = {
      "Serves a file system to virtual machines over vhost-user sockets, until SIGTERM.",
      "Prints 'ready' when front-ends can connect."
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
      paramLabel = "PATH[,KEY=VALUE...]",
      description = {
        "A vhost-user socket to listen on; repeat it for more, each for one virtual machine or",
        "several. Keys: ro (refuse every write), subdir=DIR (its guests see that directory as root",
        "and nothing else), uid-map and gid-map (INSIDE:OUTSIDE:COUNT, may be repeated: what ids"
            + " of",
        "its guests are in the file system), squash (root:UID:GID or all:UID:GID: whose requests"
            + " are",
        "taken for those of one user), and for what the options below say for all sockets: tag,",
        "window, queues, notifications, poll-us, workers, cpus (with + for its commas), arch, request-timeout."
      })
  private List<String> sockets = new ArrayList<>();

  @Option(
      names = "--mount",
      paramLabel = "DIR[,KEY=VALUE...]",
      description = {
        "Mount it on this host as well, by the same process; may be repeated. Keys: ro, subdir,",
        "uid-map, gid-map, squash, as of --socket."
      })
  private List<String> mounts = new ArrayList<>();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "Take devices, sockets, mounts and what holds for all of them from FILE, in YAML; more can",
        "be named on the command line, which goes first where both say something."
      })
  private @Nullable Path configFile;

  @Mixin private DoorDefaults defaults = new DoorDefaults();

  @Mixin private FollowOption follow = new FollowOption();

  @Mixin private MigrationOptions migration = new MigrationOptions();

  @Mixin private LockOption locks = new LockOption();

  @Mixin private FileMapOptions fileMaps = new FileMapOptions();

  @Mixin private DaxOption dax = new DaxOption();

  @Mixin private CacheOption cache = new CacheOption();

  @Mixin private TimeoutOptions timeouts = new TimeoutOptions();

  @Mixin private WarmUpOption warmUp = new WarmUpOption();

  @Mixin private SeeingOptions seeing = new SeeingOptions();

  @Mixin private ListenOptions listen = new ListenOptions();

  @Mixin private UserOption user = new UserOption();

  @Mixin private IsolationOptions isolation = new IsolationOptions();

  @Mixin private PrintSandboxOption printSandbox = new PrintSandboxOption();

  @Override
  public Integer call() throws IOException, InterruptedException {
    StderrLog.show(System.Logger.Level.INFO);
    DoorConfig config = configFile == null ? DoorConfig.none() : DoorConfig.read(configFile);
    DoorPlans planner = planner(config);
    List<DoorPlan> plans = sockets(config, planner);
    List<DoorValues.Named> directories = named("--mount", mounts, config.mounts());
    if (plans.isEmpty() && directories.isEmpty() && !printSandbox.wanted()) {
      throw CliException.misuse(
          "say where clients come in: --socket PATH, --fd N, --mount DIR, or --config FILE with"
              + " some of them");
    }
    SandboxSettings sandbox = sandbox(plans, !directories.isEmpty());
    if (printSandbox.wanted()) {
      printSandbox.print(out(), sandbox);
      return DONE;
    }
    FdStore store = FdStore.ofEnvironment();
    Visibility visibility = seeing.visibility("serve", false);
    Devices named = devices.missing() ? devices.with(config.devices()) : devices.devices();
    if (named.isEmpty()) {
      throw CliException.misuse("name the device of the file system: --device DEVICE");
    }
    ServeMode mode = migration.mode(follow.mode(defaults.readOnly()));
    OpenVolume opened = OpenVolume.forServing(named, mode);
    Doors doors;
    try {
      opened.warn(err());
      warmUp.run();
      plans.addAll(mounts(directories, planner, opened));
      FamfsFileSystem files = new FamfsFileSystem(opened.volume(), options());
      WriteRight right = opened.right(mode);
      if (right != null) {
        files.share(right);
      }
      FuseServer fuse = new FuseServer(files, ClientOptions.standard(), visibility.observe());
      doors = new Doors(fuse, opened.byIndex());
      DoorActions actions =
          new DoorActions(
              doors, door -> socket(door, planner), door -> mount(door, planner, opened));
      visibility.show(fuse, tags(plans), details(opened, plans), actions);
      open(doors, store, plans);
      lockIn(doors, IsolationOptions.withDevices(sandbox, opened));
    } catch (IOException | RuntimeException e) {
      visibility.close();
      opened.close();
      throw e;
    }
    Foreground foreground =
        new Foreground(() -> {
          boolean left = doors.leaves();
          doors.close();
          visibility.close();
          if (!left) {
            opened.close();
          }
        });
    out().println("ready");
    out().flush();
    if (store != null) {
      store.ready();
    }
    foreground.await();
    return DONE;
  }

  private static void lockIn(Doors doors, SandboxSettings sandbox) {
    try {
      IsolationOptions.enter(sandbox);
    } catch (CliException e) {
      doors.close();
      throw e;
    }
  }

  /// How the server is locked in: it removes its sockets, and unmounts, at its end.
  private SandboxSettings sandbox(List<DoorPlan> plans, boolean unmounts) {
    SandboxSettings settings = isolation.settings(user.account());
    if (unmounts) {
      settings = settings.withUnmounts();
    }
    for (DoorPlan plan : plans) {
      if (!(plan instanceof DoorPlan.Socket socket
          && socket.options().listening() instanceof Listening.Inherited)) {
        settings = settings.with(PathAccess.sockets(SeeingOptions.directoryOf(plan.path())));
      }
    }
    for (Path directory : seeing.directories()) {
      settings = settings.with(PathAccess.sockets(directory));
    }
    return settings;
  }

  private static String tags(List<DoorPlan> plans) {
    return plans.stream()
        .map(plan -> plan instanceof DoorPlan.Socket socket ? socket.options().tag() : "")
        .filter(tag -> !tag.isEmpty())
        .distinct()
        .collect(Collectors.joining(","));
  }

  private static Map<String, String> details(OpenVolume opened, List<DoorPlan> plans) {
    String paths =
        plans.stream().map(plan -> plan.path().toString()).collect(Collectors.joining(","));
    return Map.of("socket", paths, "devices", opened.names());
  }

  private FamfsOptions options() {
    FamfsOptions files = FamfsOptions.standard().withReadOnly(defaults.readOnly());
    return timeouts.apply(cache.apply(dax.apply(fileMaps.apply(files))));
  }

  /// Opens all doors, or none.
  private static Doors open(Doors doors, @Nullable FdStore store, List<DoorPlan> plans) {
    try {
      if (store != null) {
        doors.leaveTo(store);
      }
      for (DoorPlan plan : plans) {
        doors.add(plan);
      }
      return doors;
    } catch (DoorException e) {
      doors.close();
      throw e.misuse() ? CliException.misuse(e.getMessage()) : new CliException(e.getMessage());
    }
  }

  private DoorPlans planner(DoorConfig config) {
    return new DoorPlans(
        fileMaps.forGuests(migration.apply(locks.apply(ClientOptions.standard()))),
        defaults.values().over(config.defaults()));
  }

  private List<DoorPlan> sockets(DoorConfig config, DoorPlans planner) {
    List<DoorPlan> plans = new ArrayList<>();
    for (DoorValues.Named door : named("--socket", sockets, config.sockets())) {
      plans.add(socket(door, planner));
    }
    for (Listening.Inherited socket : listen.passed(plans.isEmpty())) {
      plans.add(listening(planner.socket(ListenOptions.pathOf(socket), new DoorValues()), socket));
    }
    return plans;
  }

  private DoorPlan socket(DoorValues.Named door, DoorPlans planner) {
    return listening(planner.socket(door.path(), door.values()), listen.made());
  }

  /// Mounts show the primary device as theirs.
  private List<DoorPlan> mounts(
      List<DoorValues.Named> directories, DoorPlans planner, OpenVolume opened) {
    List<DoorPlan> plans = new ArrayList<>();
    for (DoorValues.Named door : directories) {
      plans.add(mount(door, planner, opened));
    }
    return plans;
  }

  private DoorPlan mount(DoorValues.Named door, DoorPlans planner, OpenVolume opened) {
    ClientOptions host = fileMaps.forHost(locks.apply(ClientOptions.standard()), opened);
    String source = opened.byIndex().getFirst().name();
    return planner.mount(door.path(), door.values(), host, source);
  }

  private static List<DoorValues.Named> named(
      String option, List<String> texts, List<DoorValues.Named> configured) {
    List<DoorValues.Named> all = new ArrayList<>();
    for (String text : texts) {
      all.add(DoorValues.parse(option, text));
    }
    all.addAll(configured);
    return all;
  }

  private static DoorPlan listening(DoorPlan.Socket plan, Listening how) {
    return new DoorPlan.Socket(plan.options().withListening(how), plan.clients());
  }
}
