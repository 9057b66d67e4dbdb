package io.famfs.cli;

import io.famfs.os.Identity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say whose a new file or directory is.
final class Ownerships {
  private static final int PERMISSIONS = 0777;
  private static final int ALL_MODE_BITS = 07777;

  @Option(
      names = {"-m", "--mode"},
      paramLabel = "MODE",
      converter = ModeConverter.class,
      description = "Permission bits, octal (default: 0644, directories 0755; cp: the source's).")
  private @Nullable Integer mode;

  @Option(
      names = {"-u", "--uid"},
      paramLabel = "UID",
      converter = IdConverter.class,
      description = "Owner (default: the caller).")
  private @Nullable Integer uid;

  @Option(
      names = {"-g", "--gid"},
      paramLabel = "GID",
      converter = IdConverter.class,
      description = "Group (default: the caller's).")
  private @Nullable Integer gid;

  /// Of a new directory: the mode asked for or `defaultMode`, whatever the umask.
  Tree.Ownership ofDirectory(int defaultMode) {
    return owned(mode == null ? defaultMode : mode);
  }

  /// Of a new file: the mode asked for or `defaultMode`, without the bits of the umask.
  Tree.Ownership ofFile(int defaultMode) {
    return owned((mode == null ? defaultMode : mode) & ~umask());
  }

  /// Of a copy: the permissions of the source, or the mode asked for without the bits of the umask.
  ///
  /// @param preserve take setuid, setgid, sticky, owner and group from the source as well
  Tree.Ownership ofCopy(Path source, boolean preserve) throws IOException {
    Map<String, Object> attributes = Files.readAttributes(source, "unix:mode,uid,gid");
    int found = number(attributes, "mode") & (preserve ? ALL_MODE_BITS : PERMISSIONS);
    int wanted = mode == null ? found : mode & ~umask();
    if (!preserve) {
      return owned(wanted);
    }
    return new Tree.Ownership(
        wanted,
        uid == null ? number(attributes, "uid") : uid,
        gid == null ? number(attributes, "gid") : gid);
  }

  private Tree.Ownership owned(int wanted) {
    return new Tree.Ownership(
        wanted,
        uid == null ? Identity.effectiveUid() : uid,
        gid == null ? Identity.effectiveGid() : gid);
  }

  private static int number(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof Integer value ? value : 0;
  }

  /// The file mode creation mask of this process (proc_pid_status(5)).
  private static int umask() {
    try {
      String prefix = "Umask:";
      return Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1).stream()
          .filter(line -> line.startsWith(prefix))
          .mapToInt(line -> Integer.parseInt(line.substring(prefix.length()).strip(), 8))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
