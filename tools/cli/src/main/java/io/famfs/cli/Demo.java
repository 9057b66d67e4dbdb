package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.dax.Coherence;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.device.FuseMount;
import io.famfs.fuse.device.MountOptions;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.os.Identity;
import io.famfs.store.FormatOptions;
import io.famfs.store.Placement;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A demonstration: region, mkfs, cp, guest, mount; every claim checked.
final class Demo {
  /// A file for the guest to store into and to measure with.
  static final String SCRATCH_NAME = "famfs-demo.bin";

  static final long SCRATCH_BYTES = 32 * ByteSize.MIB;
  private static final long UNIT_BYTES = 2 * ByteSize.MIB;
  private static final Set<String> LEFT_OUT = Set.of(".git", "target", ".idea");

  private final DemoRequest request;
  private final PrintWriter out;
  private final DemoLog log;

  Demo(DemoRequest request, PrintWriter out) {
    this.request = request;
    this.out = out;
    this.log = new DemoLog(out);
  }

  /// Runs; returns whether every claim held.
  boolean run() throws IOException, InterruptedException {
    out.println("famfs demo");
    CopyPlan plan = plan();
    Path made = null;
    try (MappedDaxDevice device = region(plan)) {
      made = request.device() == null ? Path.of(device.name()) : null;
      FormatOptions options =
          FormatOptions.ownedBy(HostIdentity.readOrCreate()).withForce(request.force());
      OpenVolume.format(List.of(device), options).close();
      try (OpenVolume opened = OpenVolume.of(device, HostIdentity.readOrCreate())) {
        log.say("mkfs", "famfs " + opened.volume().superblock().fsUuid());
        prove(plan, opened);
      }
    } finally {
      if (made != null) {
        Files.deleteIfExists(made);
      }
    }
    return log.conclude();
  }

  private void prove(CopyPlan plan, OpenVolume opened) throws IOException, InterruptedException {
    Map<String, String> sums = copy(plan, opened);
    new DemoGuest(log, opened, sums, request.console()).run();
    mount(opened, sums);
  }

  /// Everything that has a path the format can hold.
  private CopyPlan plan() throws IOException {
    CopyPlan all =
        CopyPlan.of(
            List.of(request.directory()),
            true,
            path -> isWanted(path.getFileName().toString()) && isTree(path));
    List<CopyPlan.Item> fitting =
        all.items().stream()
            .filter(i ->
                i.target().getBytes(StandardCharsets.UTF_8).length <= LogEntryLayout.MAX_PATH_BYTES)
            .toList();
    int tooLong = all.items().size() - fitting.size();
    if (tooLong > 0) {
      log.skip("paths", tooLong + " paths longer than " + LogEntryLayout.MAX_PATH_BYTES + " bytes");
    }
    return new CopyPlan(fitting, all.intoDirectory());
  }

  /// Sources, without what tools leave behind and without the inputs of fuzz tests, whose paths are
  /// longer than a volume takes.
  private static boolean isWanted(String name) {
    return !LEFT_OUT.contains(name) && !name.endsWith("FuzzTestInputs");
  }

  private static boolean isTree(Path path) {
    return Files.isDirectory(path) || Files.isRegularFile(path);
  }

  private MappedDaxDevice region(CopyPlan plan) throws IOException {
    if (request.device() != null) {
      MappedDaxDevice device = OpenVolume.lock(request.device(), Coherence.AUTO);
      log.say("region", device.name() + ", " + ByteSize.human(device.sizeBytes()));
      return device;
    }
    long units =
        plan.items().stream()
            .filter(item -> !item.directory())
            .mapToLong(item -> 1 + item.sizeBytes() / UNIT_BYTES)
            .sum();
    long size =
        UNIT_BYTES
            + LogHeaderLayout.MIN_LOG_BYTES
            + SCRATCH_BYTES
            + units * UNIT_BYTES
            + 16 * UNIT_BYTES;
    Path file = Path.of("/dev/shm/famfs-demo-" + Identity.pid() + ".img");
    MappedDaxDevice device = DaxDevices.createFile(file, size);
    log.say("region", file + ", " + ByteSize.human(size) + ", a file in memory");
    return device;
  }

  /// Copies, and returns the checksum of each source by its path in the volume.
  private Map<String, String> copy(CopyPlan plan, OpenVolume opened) throws IOException {
    Map<String, String> sums = new TreeMap<>();
    Location root =
        new Location(Devices.of(List.of(Path.of(opened.devices().getFirst().name()))), "", null);
    Copier copier;
    // Not closed: the volume is used on.
    Tree tree = new DeviceTree(opened);
    try (Progress progress = new Progress("cp", plan.totalBytes())) {
      copier =
          new Copier(
              tree,
              new CopyRules(
                  CopyRules.Action.COPY,
                  Runtime.getRuntime().availableProcessors(),
                  false,
                  source -> new Ownerships().ofCopy(source, false),
                  Placement::contiguous),
              progress,
              message -> log.say("cp", message));
      copier.run(plan, root);
    }
    for (CopyPlan.Item item : plan.items()) {
      if (!item.directory()) {
        sums.put(item.target(), Checksums.ofFile(item.source()));
      }
    }
    try (TreeFile scratch =
        tree.create(
            SCRATCH_NAME, SCRATCH_BYTES, new Ownerships().ofFile(0644), Placement.contiguous())) {
      scratch.commit();
    }
    log.prove(
        "cp",
        copier.failures() == 0 && copier.files() == sums.size(),
        copier.files()
            + " files, "
            + ByteSize.human(copier.bytes())
            + " copied from "
            + request.directory().toAbsolutePath().normalize());
    return sums;
  }

  private void mount(OpenVolume opened, Map<String, String> sums)
      throws IOException, InterruptedException {
    if (Identity.effectiveUid() != 0) {
      log.skip("mount", "mounting through /dev/fuse takes root");
      return;
    }
    if (!Files.exists(Path.of("/dev/fuse"))) {
      log.skip("mount", "this host has no /dev/fuse (modprobe fuse)");
      return;
    }
    Path directory = Files.createTempDirectory("famfs-demo-");
    FuseServer server =
        new FuseServer(new FamfsFileSystem(opened.volume(), FamfsOptions.standard()));
    try (FuseMount mount = FuseMount.mount(MountOptions.at(directory, "famfs-demo"), server)) {
      int equal = 0;
      @Nullable String first = null;
      for (var sum : sums.entrySet()) {
        if (Checksums.ofFile(mount.directory().resolve(sum.getKey())).equals(sum.getValue())) {
          equal++;
        } else if (first == null) {
          first = sum.getKey();
        }
      }
      String wrong = first == null ? "" : "; the first wrong one: " + first;
      log.prove(
          "mount",
          equal == sums.size(),
          equal
              + " of "
              + sums.size()
              + " checksums equal through a /dev/fuse mount on this host"
              + wrong);
    } finally {
      Files.deleteIfExists(directory);
    }
  }
}
