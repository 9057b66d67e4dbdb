package io.famfs.cli;

import io.famfs.core.Errno;
import io.famfs.core.format.MediaText;
import io.famfs.core.format.PathRules;
import io.famfs.fuse.protocol.CreateIoctl;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Ioctl;
import io.famfs.store.Placement;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/// A mounted volume: the server behind the mount, which is the one that may, takes the space and
/// appends to the log ([CreateIoctl]); the bytes go through the mount. A new file can be seen, with
/// its size and zeros, while it is being filled.
final class MountTree implements Tree {
  private final MountTable.Entry mount;
  private final int access;

  MountTree(MountTable.Entry mount, boolean writable) {
    this.mount = mount;
    this.access = writable ? Fd.O_RDWR : Fd.O_RDONLY;
  }

  @Override
  public @Nullable Present find(String path) throws IOException {
    Path file = mount.directory().resolve(path);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    return Files.isDirectory(file) ? new Present(true, 0) : new Present(false, Files.size(file));
  }

  @Override
  public void mkdir(String path, Ownership ownership) throws IOException {
    make(path, argument(path, CreateIoctl.KIND_DIRECTORY, 0, ownership), CreateIoctl.REQUEST);
  }

  @Override
  public TreeFile create(String path, long sizeBytes, Ownership ownership, Placement placement)
      throws IOException {
    MemorySegment argument = argument(path, CreateIoctl.KIND_FILE, sizeBytes, ownership);
    switch (placement) {
      case Placement.Contiguous _ -> make(path, argument, CreateIoctl.REQUEST);
      case Placement.Interleaved how -> {
        CreateIoctl.interleave(argument, how.chunkBytes(), how.strips(), how.buckets(), how.seed());
        makeInterleaved(path, argument);
      }
    }
    return open(path);
  }

  @Override
  public TreeFile open(String path) throws IOException {
    return MountTreeFile.open(mount.directory().resolve(path), access);
  }

  @Override
  public void setTime(String path, FileTime time) throws IOException {
    Files.setLastModifiedTime(mount.directory().resolve(path), time);
  }

  private static MemorySegment argument(
      String path, int kind, long sizeBytes, Ownership ownership) {
    requireRules(path);
    MemorySegment argument = Arena.ofAuto().allocate(CreateIoctl.PLACED_BYTES, Long.BYTES);
    CreateIoctl.write(argument, kind, sizeBytes, path.substring(path.lastIndexOf('/') + 1));
    CreateIoctl.owner(argument, ownership.mode(), ownership.uid(), ownership.gid());
    return argument;
  }

  private void make(String path, MemorySegment argument, int request) throws IOException {
    Path target = mount.directory().resolve(path);
    try (Fd directory = Fd.open(target.resolveSibling(""), Fd.O_RDONLY, 0)) {
      int result = Ioctl.call(directory, request, argument);
      if (result < 0) {
        throw new ErrnoException("create " + target, -result);
      }
    }
  }

  private void makeInterleaved(String path, MemorySegment argument) throws IOException {
    try {
      make(path, argument, CreateIoctl.PLACED_REQUEST);
    } catch (ErrnoException e) {
      String reason =
          switch (e.errno()) {
            case Errno.EINVAL ->
                "the volume cannot be interleaved so: take chunks of a power of two of at least 2M,"
                    + " 1 to 16 strips, and as many devices, or buckets of at least 1G";
            case Errno.ENOTTY ->
                "the server of this mount is older and makes files in one piece only: mount anew";
            default -> throw e;
          };
      throw new ErrnoException("create " + mount.directory().resolve(path), e.errno(), reason);
    }
  }

  /// The server checks as well, but has only a number to say what is wrong.
  private static void requireRules(String path) {
    MediaText text;
    try {
      text = MediaText.of(path);
    } catch (IllegalArgumentException e) {
      throw new CliException("the path '" + path + "' is not Unicode text");
    }
    var broken = PathRules.firstBroken(text);
    if (broken != null) {
      throw new CliException("the path '" + path + "' " + PathRules.explain(broken));
    }
  }

  @Override
  public void close() {
    // Nothing is held between two calls.
  }
}
