package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.server.Export;
import io.famfs.fuse.server.IdMap;
import io.famfs.fuse.server.Squash;
import io.famfs.os.CpuSet;
import io.famfs.virtiofs.FrontEnd;
import io.famfs.virtiofs.QueueService;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/// What can be said about one door: on the command line behind its path, in a configuration file,
/// and to a server that runs.
enum DoorKey {
  TAG("tag"),
  READ_ONLY("ro"),
  NOTIFICATIONS("notifications"),
  SUBDIR("subdir"),
  UID_MAP("uid-map"),
  GID_MAP("gid-map"),
  SQUASH("squash"),
  WINDOW("window"),
  QUEUES("queues"),
  ARCH("arch"),
  FRONT_END("front-end"),
  REQUEST_TIMEOUT("request-timeout"),
  POLL("poll-us"),
  WORKERS("workers"),
  CPUS("cpus");

  private static final int MAX_TIMEOUT_SECONDS = 0xffff;
  private static final int MAX_QUEUES = 64;
  private static final int MAX_POLL_MICROS = (int) (QueueService.MAX_POLL.toNanos() / 1000);

  private final String key;

  DoorKey(String key) {
    this.key = key;
  }

  /// What it is called.
  String key() {
    return key;
  }

  static List<String> keys() {
    return Arrays.stream(values()).map(DoorKey::key).toList();
  }

  static @Nullable DoorKey of(String name) {
    for (DoorKey key : values()) {
      if (key.key.equals(name)) {
        return key;
      }
    }
    return null;
  }

  /// Whether it can be said several times, all of which count.
  boolean isList() {
    return this == UID_MAP || this == GID_MAP;
  }

  /// Whether it means something for a mount on this host.
  boolean isForMounts() {
    return switch (this) {
      case READ_ONLY, SUBDIR, UID_MAP, GID_MAP, SQUASH -> true;
      case TAG,
          NOTIFICATIONS,
          WINDOW,
          QUEUES,
          ARCH,
          FRONT_END,
          REQUEST_TIMEOUT,
          POLL,
          WORKERS,
          CPUS ->
          false;
    };
  }

  /// Whether it is true or not, and true when it stands alone.
  boolean isFlag() {
    return this == READ_ONLY || this == NOTIFICATIONS;
  }

  /// Looks at a value by itself.
  ///
  /// @throws IllegalArgumentException with what is wrong with it
  void check(String value) {
    switch (this) {
      case TAG -> {
        if (value.isEmpty()) {
          throw new IllegalArgumentException("'tag' has no value");
        }
      }
      case READ_ONLY, NOTIFICATIONS -> {
        if (!value.equals("true") && !value.equals("false")) {
          throw new IllegalArgumentException(
              "'" + key + "' is '" + value + "', neither true nor false");
        }
      }
      case SUBDIR -> {
        Export _ = Export.all().below(value);
      }
      case UID_MAP, GID_MAP -> {
        IdMap _ = ranges(List.of(value));
      }
      case SQUASH -> {
        Squash _ = squash(value);
      }
      case WINDOW -> {
        long _ = size(value);
      }
      case QUEUES -> {
        int _ = number(value, 1, MAX_QUEUES);
      }
      case ARCH -> {
        ClientArchitecture _ = architecture(value);
      }
      case FRONT_END -> {
        FrontEnd _ = frontEnd(value);
      }
      case REQUEST_TIMEOUT -> {
        int _ = number(value, 0, MAX_TIMEOUT_SECONDS);
      }
      case POLL -> {
        int _ = number(value, 0, MAX_POLL_MICROS);
      }
      case WORKERS -> {
        int _ = number(value, 0, QueueService.MAX_WORKERS);
      }
      case CPUS -> {
        CpuSet _ = cpus(value);
      }
    }
  }

  IdMap ranges(List<String> values) {
    try {
      return IdMap.parse(values);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + key + "': " + e.getMessage(), e);
    }
  }

  Squash squash(String value) {
    try {
      return Squash.parse(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + key + "': " + e.getMessage(), e);
    }
  }

  long size(String value) {
    try {
      return ByteSize.parse(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + key + "': " + e.getMessage(), e);
    }
  }

  int number(String value, int least, int most) {
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, as a number out of range.
    }
    throw new IllegalArgumentException(
        "'" + key + "' is '" + value + "', not a number from " + least + " to " + most);
  }

  FrontEnd frontEnd(String value) {
    return switch (value) {
      case "qemu" -> FrontEnd.QEMU;
      case "specification" -> FrontEnd.SPECIFICATION;
      default ->
          throw new IllegalArgumentException(
              "'" + key + "' is '" + value + "', neither qemu nor specification");
    };
  }

  /// Processors; where commas separate keys, `+` stands for them.
  CpuSet cpus(String value) {
    try {
      return CpuSet.parse(value.replace('+', ','));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + key + "': " + e.getMessage(), e);
    }
  }

  ClientArchitecture architecture(String value) {
    try {
      return new ArchitectureConverter().convert(value);
    } catch (TypeConversionException e) {
      throw new IllegalArgumentException("'" + key + "': " + e.getMessage(), e);
    }
  }
}
