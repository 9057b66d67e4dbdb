package io.famfs.cli;

import io.famfs.fuse.protocol.CreateIoctl;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Ioctl;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Writes into a mounted volume: the server behind the mount, which is the one that may, takes the
/// space and appends to the log ([CreateIoctl]); the bytes go through the mount.
final class MountTreeWriter implements TreeWriter {
  private static final int STEP_BYTES = 1 << 20;

  private final MountTable.Entry mount;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(STEP_BYTES);

  MountTreeWriter(MountTable.Entry mount) {
    this.mount = mount;
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
    make(path, CreateIoctl.KIND_DIRECTORY, 0, ownership);
  }

  @Override
  public void create(
      String path,
      long sizeBytes,
      Ownership ownership,
      @Nullable FileChannel source,
      Listener listener)
      throws IOException {
    make(path, CreateIoctl.KIND_FILE, sizeBytes, ownership);
    if (source != null) {
      overwrite(path, sizeBytes, source, listener);
    }
  }

  @Override
  public void overwrite(String path, long sizeBytes, FileChannel source, Listener listener)
      throws IOException {
    try (FileChannel target =
        FileChannel.open(mount.directory().resolve(path), StandardOpenOption.WRITE)) {
      long at = 0;
      while (at < sizeBytes) {
        buffer.clear().limit((int) Math.min(STEP_BYTES, sizeBytes - at));
        if (source.read(buffer, at) <= 0) {
          throw new EOFException("the source became shorter while it was copied");
        }
        buffer.flip();
        while (buffer.hasRemaining()) {
          int n = target.write(buffer, at);
          at += n;
          listener.wrote(n);
        }
      }
      target.force(false);
    }
  }

  private void make(String path, int kind, long sizeBytes, Ownership ownership) throws IOException {
    int slash = path.lastIndexOf('/');
    Path parent = mount.directory().resolve(slash < 0 ? "" : path.substring(0, slash));
    try (Arena arena = Arena.ofConfined();
        Fd directory = Fd.open(parent, Fd.O_RDONLY, 0)) {
      MemorySegment argument = arena.allocate(CreateIoctl.BYTES, Long.BYTES);
      CreateIoctl.write(argument, kind, sizeBytes, path.substring(slash + 1));
      CreateIoctl.owner(argument, ownership.mode(), ownership.uid(), ownership.gid());
      long result = Ioctl.call(directory, CreateIoctl.REQUEST, argument);
      if (result < 0) {
        throw new ErrnoException("create " + mount.directory().resolve(path), (int) -result);
      }
    }
  }

  @Override
  public void close() {
    // Nothing is held between two calls.
  }
}
