package io.famfs.cli;

import io.famfs.doors.DoorPlan;
import io.famfs.fuse.device.MountOptions;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.Export;
import io.famfs.fuse.server.Identities;
import io.famfs.fuse.server.Squash;
import io.famfs.os.Listening;
import io.famfs.virtiofs.FrontEnd;
import io.famfs.virtiofs.QueueService;
import io.famfs.virtiofs.VirtioFsServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// Makes plans of doors from what was said about them.
///
/// @param guests what is the same for all guests
/// @param defaults what holds for doors that say nothing else
record DoorPlans(ClientOptions guests, DoorValues defaults) {
  private static final int STANDARD_QUEUES = 1;
  private static final Duration STANDARD_TIMEOUT = Duration.ofMinutes(2);

  /// The plan of a socket.
  ///
  /// @throws CliException with the socket and what is wrong
  DoorPlan.Socket socket(Path path, DoorValues own) {
    DoorValues said = own.over(defaults);
    String tag = said.get(DoorKey.TAG);
    if (tag == null) {
      throw CliException.misuse(
          path + ": the socket has no tag, by which guests mount: say tag=NAME");
    }
    String window = said.get(DoorKey.WINDOW);
    String queues = said.get(DoorKey.QUEUES);
    String kind = said.get(DoorKey.FRONT_END);
    try {
      long windowBytes = window == null ? 0 : DoorKey.WINDOW.size(window);
      FrontEnd frontEnd = kind == null ? FrontEnd.QEMU : DoorKey.FRONT_END.frontEnd(kind);
      if (windowBytes != 0 && frontEnd == FrontEnd.QEMU && said.isTrue(DoorKey.READ_ONLY)) {
        throw new IllegalArgumentException(
            "read-only and a window exclude each other: QEMU does not enforce read-only mappings;"
                + " serve without a window (window=0), or mount read-only in the guest; for a"
                + " front-end that does, say front-end=specification");
      }
      return new DoorPlan.Socket(
          new VirtioFsServer.Options(
              path,
              tag,
              queues == null ? STANDARD_QUEUES : Integer.parseInt(queues),
              windowBytes,
              frontEnd,
              Listening.ownerOnly(),
              service(said),
              said.isTrue(DoorKey.NOTIFICATIONS)),
          guests(said));
    } catch (IllegalArgumentException e) {
      throw CliException.misuse(path + ": " + e.getMessage());
    }
  }

  private static QueueService service(DoorValues said) {
    QueueService service = QueueService.standard();
    String poll = said.get(DoorKey.POLL);
    String workers = said.get(DoorKey.WORKERS);
    String cpus = said.get(DoorKey.CPUS);
    if (poll != null) {
      service = service.withPoll(Duration.of(Integer.parseInt(poll), ChronoUnit.MICROS));
    }
    if (workers != null) {
      service = service.withWorkers(Integer.parseInt(workers));
    }
    return cpus == null ? service : service.withCpus(DoorKey.CPUS.cpus(cpus));
  }

  /// The plan of a mount on this host.
  ///
  /// @param host what is the same for all mounts
  /// @param source what the kernel shows as its device
  DoorPlan.Mount mount(Path path, DoorValues own, ClientOptions host, String source) {
    for (DoorKey key : own.keys()) {
      if (!key.isForMounts()) {
        throw CliException.misuse(path + ": '" + key.key() + "' is for sockets, not for mounts");
      }
    }
    DoorValues said = own.over(defaults);
    Export export;
    try {
      export = export(said);
    } catch (IllegalArgumentException e) {
      throw CliException.misuse(path + ": " + e.getMessage());
    }
    return new DoorPlan.Mount(
        MountOptions.at(MountTable.followed(path.toAbsolutePath()), source)
            .withReadOnly(export.readOnly()),
        host.withExport(export));
  }

  private static Export export(DoorValues said) {
    String subdirectory = said.get(DoorKey.SUBDIR);
    String squash = said.get(DoorKey.SQUASH);
    Identities identities =
        new Identities(
            DoorKey.UID_MAP.ranges(said.all(DoorKey.UID_MAP)),
            DoorKey.GID_MAP.ranges(said.all(DoorKey.GID_MAP)),
            squash == null ? Squash.none() : DoorKey.SQUASH.squash(squash));
    Export export = Export.all().withReadOnly(said.isTrue(DoorKey.READ_ONLY)).as(identities);
    return subdirectory == null ? export : export.below(subdirectory);
  }

  private ClientOptions guests(DoorValues said) {
    String timeout = said.get(DoorKey.REQUEST_TIMEOUT);
    @Nullable String architecture = said.get(DoorKey.ARCH);
    return guests
        .withExport(export(said))
        .withRequestTimeout(
            timeout == null ? STANDARD_TIMEOUT : Duration.ofSeconds(Long.parseLong(timeout)))
        .withArchitecture(architecture == null ? null : DoorKey.ARCH.architecture(architecture));
  }
}
