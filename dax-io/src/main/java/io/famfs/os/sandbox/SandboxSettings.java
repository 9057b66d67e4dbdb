package io.famfs.os.sandbox;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a server is to be locked in once it has opened what it serves.
///
/// @param mode how much of it
/// @param calls what becomes of system calls it does not need
/// @param account who it goes on as; null for the user it was started by
/// @param paths what it opens by path later
/// @param unmounts whether it has to take a mount away at its end: it keeps the right to administer
///   the system and may use `umount2(2)`, and no rules on files can be put on it, since those
///   forbid that call
/// @param descriptors the most it may have open; 0 for what the limit of the process allows
public record SandboxSettings(
    Mode mode,
    CallPolicy calls,
    @Nullable Account account,
    List<PathAccess> paths,
    boolean unmounts,
    int descriptors) {

  /// How much is put in force.
  public enum Mode {
    /// All layers, or the server does not start.
    FULL,
    /// All layers that can be had here.
    AUTO,
    /// None; only the user is changed when one is named.
    NONE
  }

  /// With a copy of the paths.
  public SandboxSettings {
    paths = List.copyOf(paths);
  }

  /// Everything that can be had, as the user who started it, with what a Java machine needs.
  public static SandboxSettings standard() {
    return new SandboxSettings(Mode.AUTO, CallPolicy.ERRNO, null, RuntimePaths.all(), false, 0);
  }

  /// The same in another mode.
  public SandboxSettings withMode(Mode other) {
    return new SandboxSettings(other, calls, account, paths, unmounts, descriptors);
  }

  /// The same with another policy for system calls.
  public SandboxSettings withCalls(CallPolicy other) {
    return new SandboxSettings(mode, other, account, paths, unmounts, descriptors);
  }

  /// The same as another user.
  public SandboxSettings withAccount(@Nullable Account other) {
    return new SandboxSettings(mode, calls, other, paths, unmounts, descriptors);
  }

  /// The same with one more path.
  public SandboxSettings with(PathAccess path) {
    List<PathAccess> more = new ArrayList<>(paths);
    more.add(path);
    return new SandboxSettings(mode, calls, account, more, unmounts, descriptors);
  }

  /// The same for a server that has to take a mount away.
  public SandboxSettings withUnmounts() {
    return new SandboxSettings(mode, calls, account, paths, true, descriptors);
  }

  /// The same with another limit of descriptors.
  public SandboxSettings withDescriptors(int most) {
    return new SandboxSettings(mode, calls, account, paths, unmounts, most);
  }
}
