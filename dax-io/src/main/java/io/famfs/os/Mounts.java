package io.famfs.os;

import io.famfs.os.libc.CStrings;
import io.famfs.os.libc.MountCalls;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// `mount(2)` and `umount2(2)`; both need the right to administer the system.
public final class Mounts {
  public static final long MS_RDONLY = 1;
  public static final long MS_NOSUID = 2;
  public static final long MS_NODEV = 4;
  public static final long MS_NOEXEC = 8;
  public static final long MS_REMOUNT = 0x20;
  public static final long MS_NOATIME = 0x400;
  public static final long MS_BIND = 0x1000;

  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;

  private Mounts() {}

  /// Mounts a file system.
  ///
  /// @param source what is mounted; a name for file systems without a device
  /// @param target an existing directory
  /// @param type as in `/proc/filesystems`
  /// @param flags `MS_` constants
  /// @param data options of the file system, separated by commas; may be empty
  public static void mount(String source, Path target, String type, long flags, String data)
      throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      int result =
          MountCalls.mount(
              CStrings.of(arena, source).address(),
              CStrings.of(arena, target.toString()).address(),
              CStrings.of(arena, type).address(),
              flags,
              CStrings.of(arena, data).address());
      ErrnoException.check(result, "mount " + type + " on", target);
    }
  }

  /// Unmounts what is mounted at `target`, which is not followed when it is a symbolic link.
  ///
  /// @param lazily take it out of the tree now and end it with its last user, instead of failing
  ///   with `EBUSY` while there is one
  public static void unmount(Path target, boolean lazily) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      int flags = lazily ? UMOUNT_NOFOLLOW | MNT_DETACH : UMOUNT_NOFOLLOW;
      int result = MountCalls.unmount(CStrings.of(arena, target.toString()).address(), flags);
      ErrnoException.check(result, "unmount", target);
    }
  }
}
