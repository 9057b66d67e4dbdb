package io.famfs.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of `famfs serve` that hold for every socket that says nothing else.
final class DoorDefaults {
  @Option(
      names = "--tag",
      paramLabel = "TAG",
      description = "What guests mount, where a socket does not say: 1 to 36 bytes.")
  private @Nullable String tag;

  @Option(
      names = {"--readonly", "--ro"},
      description = "Refuse every write.")
  private boolean readOnly;

  @Option(
      names = "--window",
      paramLabel = "SIZE",
      description = "Offer a DAX window of this size, a power of two from 2M (default: none).")
  private @Nullable String window;

  @Option(
      names = "--notifications",
      description = {
        "Offer a notification queue, for guests whose driver takes one: no Linux does. The device",
        "needs one queue more and 44 bytes of configuration."
      })
  private boolean notifications;

  @Option(
      names = "--queues",
      paramLabel = "N",
      description = "Request queues of a guest (default: 1).")
  private @Nullable String queues;

  @Option(
      names = "--poll-us",
      paramLabel = "N",
      description = {
        "Microseconds that an empty queue is looked at before its thread sleeps, where requests"
            + " come",
        "that soon; 0 is never (default: 50, and 0 where there is one processor)."
      })
  private @Nullable String poll;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "Threads that serve a guest's request queues at a time (default: one for each"
              + " queue).")
  private @Nullable String workers;

  @Option(
      names = "--cpus",
      paramLabel = "LIST",
      description = "Processors that serve queues, as in 0,4-7 (default: all).")
  private @Nullable String cpus;

  @Option(
      names = "--request-timeout",
      paramLabel = "SECONDS",
      description = {
        "What a guest (Linux 6.14) waits for an answer before it takes this server for dead and",
        "its users get errors; 0 is for ever (default: 120)."
      })
  private @Nullable String requestTimeout;

  @Option(
      names = "--arch",
      paramLabel = "MACHINE",
      description = {
        "What the guests run on, as uname -m has it there: x86_64, aarch64, ppc64le, s390x, ...",
        "(default: what a guest says, or shows by the first directory it lists)."
      })
  private @Nullable String architecture;

  /// Whether nothing is to be written by anybody.
  boolean readOnly() {
    return readOnly;
  }

  /// What was said.
  ///
  /// @throws CliException with the option and what is wrong with its value
  DoorValues values() {
    DoorValues said = new DoorValues();
    put(said, DoorKey.TAG, tag);
    put(said, DoorKey.READ_ONLY, readOnly ? "true" : null);
    put(said, DoorKey.NOTIFICATIONS, notifications ? "true" : null);
    put(said, DoorKey.WINDOW, window);
    put(said, DoorKey.QUEUES, queues);
    put(said, DoorKey.POLL, poll);
    put(said, DoorKey.WORKERS, workers);
    put(said, DoorKey.CPUS, cpus);
    put(said, DoorKey.REQUEST_TIMEOUT, requestTimeout);
    put(said, DoorKey.ARCH, architecture);
    return said;
  }

  private static void put(DoorValues said, DoorKey key, @Nullable String value) {
    if (value == null) {
      return;
    }
    try {
      said.put(key, value);
    } catch (IllegalArgumentException e) {
      throw CliException.misuse("--" + key.key() + ": " + e.getMessage());
    }
  }
}
