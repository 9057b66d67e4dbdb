package io.famfs.cli;

import io.famfs.doors.DoorPlan;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.virtiofs.VirtioFsServer;
import java.nio.file.Path;
import java.time.Duration;
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
    try {
      return new DoorPlan.Socket(
          new VirtioFsServer.Options(
              path,
              tag,
              queues == null ? STANDARD_QUEUES : Integer.parseInt(queues),
              window == null ? 0 : DoorKey.WINDOW.size(window)),
          clients(said));
    } catch (IllegalArgumentException e) {
      throw CliException.misuse(path + ": " + e.getMessage());
    }
  }

  private ClientOptions clients(DoorValues said) {
    String timeout = said.get(DoorKey.REQUEST_TIMEOUT);
    @Nullable String architecture = said.get(DoorKey.ARCH);
    return guests
        .withRequestTimeout(
            timeout == null ? STANDARD_TIMEOUT : Duration.ofSeconds(Long.parseLong(timeout)))
        .withArchitecture(architecture == null ? null : DoorKey.ARCH.architecture(architecture));
  }
}
