package io.famfs.cli;

import io.famfs.dax.DaxDriver;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.fmap.ExtentCachePolicy;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.MapOptions;
import io.famfs.store.Volume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/// The options about clients that are told where files lie and map them by themselves.
final class FileMapOptions {
  @Option(
      names = "--fmap",
      paramLabel = "WHEN",
      description = {
        "auto: a kernel that knows famfs maps files by itself, where it can name the devices; off:",
        "never (default: ${DEFAULT-VALUE})."
      })
  private When when = When.AUTO;

  @Option(
      names = "--fmap-devices",
      paramLabel = "PATH",
      split = ",",
      description = {
        "Where the client's kernel finds the devices, in the order of the volume: for 'serve' paths",
        "of the guest, for 'mount' devices bound to the driver fsdev_dax (default: none for 'serve',",
        "the devices of the volume for 'mount')."
      })
  private List<String> paths = new ArrayList<>();

  @Option(
      names = "--extent-cache",
      paramLabel = "POLICY",
      converter = ExtentCacheConverter.class,
      description = {
        "How long nobody is given another list of extents of a file after its last close: keep, for",
        "the life of the server; lru:N, for the N files closed last; close, not at all",
        "(default: ${DEFAULT-VALUE})."
      })
  private ExtentCachePolicy extentCache = ExtentCachePolicy.keep();

  @Option(
      names = "--extent-replies",
      paramLabel = "BIT",
      description = {
        "The bit of INIT's flags, 44 to 63, by which a client asks for lists of extents in the",
        "replies to OPEN and LOOKUP; -1 for none (default: ${DEFAULT-VALUE})."
      })
  private int extentReplies = -1;

  private enum When {
    AUTO,
    OFF
  }

  FamfsOptions apply(FamfsOptions options) {
    return options.withExtentCache(extentCache);
  }

  /// For guests, which have paths of their own.
  ClientOptions forGuests(ClientOptions options) {
    return options.withMaps(maps(when == When.OFF ? List.of() : paths));
  }

  /// For the kernel of this host.
  ClientOptions forHost(ClientOptions options, OpenVolume opened) {
    if (when == When.OFF) {
      return options.withMaps(maps(List.of()));
    }
    if (paths.isEmpty()) {
      List<String> own = names(opened);
      boolean all = own.stream().allMatch(FileMapOptions::mappable);
      return options.withMaps(maps(all ? own : List.of()));
    }
    for (String path : paths) {
      if (!mappable(path)) {
        String driver = DaxDriver.of(Path.of(path));
        throw new CliException(
            path
                + (driver.isEmpty() ? " is no dax device" : " is bound to the driver " + driver)
                + ": a kernel maps devices that are bound to "
                + DaxDriver.FILE_SYSTEM);
      }
    }
    return options.withMaps(maps(paths));
  }

  private static boolean mappable(String path) {
    return DaxDriver.of(Path.of(path)).equals(DaxDriver.FILE_SYSTEM);
  }

  /// Of the devices of a volume, none when one is missing.
  private static List<String> names(OpenVolume opened) {
    Volume volume = opened.volume();
    for (int i = 0; i < volume.deviceCount(); i++) {
      if (volume.isMissing(i)) {
        return List.of();
      }
    }
    return opened.byIndex().stream().map(MappedDaxDevice::name).toList();
  }

  private MapOptions maps(List<String> devices) {
    try {
      return MapOptions.none().withDevicePaths(devices).withExtentReplyBit(extentReplies);
    } catch (IllegalArgumentException e) {
      throw CliException.misuse(String.valueOf(e.getMessage()));
    }
  }

  /// The options for another command.
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--fmap", when.name().toLowerCase(Locale.ROOT)));
    arguments.addAll(List.of("--extent-cache", extentCache.toString()));
    arguments.add("--extent-replies=" + extentReplies);
    if (!paths.isEmpty()) {
      arguments.addAll(List.of("--fmap-devices", String.join(",", paths)));
    }
    return arguments;
  }
}
