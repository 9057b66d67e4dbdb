package io.famfs.os.sandbox;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What the Java machine, and the classes of `dax-io`, open by path while a server runs.
final class RuntimePaths {
  /// The machine's own view of the system, the C library's, and what tells of devices and locks.
  private static final List<String> READ =
      List.of(
          "/proc/self",
          "/proc/cpuinfo",
          "/proc/meminfo",
          "/proc/stat",
          "/proc/loadavg",
          "/proc/version",
          "/proc/locks",
          "/proc/filesystems",
          "/proc/sys",
          "/sys",
          "/etc/ld.so.cache",
          "/etc/localtime",
          "/etc/passwd",
          "/etc/group",
          "/etc/nsswitch.conf",
          "/lib",
          "/lib64",
          "/usr/lib",
          "/usr/lib64",
          "/usr/share/zoneinfo",
          "/dev/urandom",
          "/dev/random",
          "/dev/zero");

  private RuntimePaths() {}

  static List<PathAccess> all() {
    List<PathAccess> paths = new ArrayList<>();
    for (String path : READ) {
      paths.add(PathAccess.read(Path.of(path)));
    }
    paths.add(PathAccess.use(Path.of("/dev/null")));
    paths.add(PathAccess.read(Path.of(System.getProperty("java.home", "/nonexistent"))));
    for (String property : List.of("jdk.module.path", "java.class.path")) {
      for (String entry : System.getProperty(property, "").split(File.pathSeparator, -1)) {
        if (!entry.isEmpty()) {
          paths.add(PathAccess.read(Path.of(entry)));
        }
      }
    }
    // The machine removes its page of counters there when it ends.
    paths.add(PathAccess.change(Path.of("/tmp/hsperfdata_" + System.getProperty("user.name", ""))));
    return paths;
  }
}
