package io.famfs.cli;

import io.famfs.core.Errno;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaDump;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.Io;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs chkread`.
@Command(
    name = "chkread",
    description = {
      "Verifies that a file reads the same by read(2) and by mmap(2), through the",
      "mount and on the devices."
    },
    footer = {
      "",
      "With -s and -l the superblock and the log of the file system of PATH are",
      "compared instead. Exit codes: 0 the same, 1 not. Nobody may write meanwhile."
    })
final class ChkreadCommand extends BaseCommand {
  private static final int PIECE_BYTES = 4 << 20;

  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(names = "-s", description = "Compare and print the superblock.")
  private boolean superblock;

  @Option(names = "-l", description = "Compare the log and print its header.")
  private boolean log;

  @Parameters(paramLabel = "PATH", description = "Which file, or any path with -s or -l.")
  private String path = "";

  @Override
  public Integer call() throws IOException {
    Location location = devices.locate(path);
    try (OpenVolume opened = OpenVolume.forReading(location.devices());
        Arena arena = Arena.ofConfined()) {
      Comparison comparison = new Comparison(arena.allocate(PIECE_BYTES));
      boolean same = true;
      if (superblock || log) {
        same = metadata(opened, comparison);
      } else {
        FileInode inode = Inodes.findFile(opened, location);
        if (location.mount() != null) {
          same = throughMount(opened, inode, Path.of(path), comparison);
        }
        same &= onDevices(opened, inode, comparison);
      }
      out().flush();
      return same ? DONE : FAILED;
    }
  }

  private boolean metadata(OpenVolume opened, Comparison comparison) throws IOException {
    MappedDaxDevice primary = (MappedDaxDevice) opened.volume().device(0);
    DumpText text = new DumpText(primary.memory(), out(), false);
    boolean same = true;
    if (superblock) {
      text.print(new MediaDump.Parts(true, false, 0, -1, false));
      same = tell("superblock", comparison.device(primary, 0, SuperblockLayout.AREA_BYTES));
    }
    if (log) {
      text.print(new MediaDump.Parts(false, true, 0, -1, false));
      long length = opened.volume().superblock().logLengthBytes();
      same &= tell("log", comparison.device(primary, LogHeaderLayout.MEDIA_OFFSET, length));
    }
    return same;
  }

  /// What the kernel reads and what it maps, against the memory of the devices.
  private boolean throughMount(OpenVolume opened, FileInode inode, Path file, Comparison comparison)
      throws IOException {
    try (Fd fd = Fd.open(file, Fd.O_RDONLY, 0);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = inode.sizeBytes();
      if (channel.size() != size) {
        out().println("the mount has " + channel.size() + " bytes, the log says " + size);
        return false;
      }
      ExtentCursor cursor = new ExtentCursor();
      long read = -1;
      long mapped = -1;
      for (long at = 0; at < size && read < 0 && mapped < 0; at += cursor.runBytes()) {
        if (!inode.extents().resolve(at, Math.min(PIECE_BYTES, size - at), cursor)) {
          throw new CliException(path + ": its map ends at byte " + at);
        }
        MemorySegment memory =
            opened
                .volume()
                .memory(cursor.deviceIndex())
                .asSlice(cursor.deviceOffset(), cursor.runBytes());
        read = absolute(at, comparison.read(fd, at, memory));
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment map =
              channel.map(FileChannel.MapMode.READ_ONLY, at, cursor.runBytes(), arena);
          mapped = absolute(at, map.mismatch(memory));
        }
      }
      boolean same = tell("read(2) through the mount", read);
      return tell("mmap(2) of the mount", mapped) && same;
    }
  }

  private boolean onDevices(OpenVolume opened, FileInode inode, Comparison comparison)
      throws IOException {
    opened.requireReachable(inode);
    ExtentCursor cursor = new ExtentCursor();
    long size = inode.sizeBytes();
    long different = -1;
    for (long at = 0; at < size && different < 0; at += cursor.runBytes()) {
      if (!inode.extents().resolve(at, size - at, cursor)) {
        throw new CliException(path + ": its map ends at byte " + at);
      }
      MappedDaxDevice device = (MappedDaxDevice) opened.volume().device(cursor.deviceIndex());
      long found = comparison.device(device, cursor.deviceOffset(), cursor.runBytes());
      if (found == Comparison.UNREADABLE) {
        out().println(device.name() + " can only be mapped: nothing to compare");
        return true;
      }
      different = absolute(at, found);
    }
    return tell("read(2) of the devices", different);
  }

  private static long absolute(long at, long relative) {
    return relative < 0 ? relative : at + relative;
  }

  private boolean tell(String what, long different) {
    if (different == Comparison.UNREADABLE) {
      out().println(what + ": the device can only be mapped: nothing to compare");
      return true;
    }
    out().println(different < 0 ? what + ": match" : what + ": MISMATCH at byte " + different);
    return different < 0;
  }

  /// Compares what can be read with what is mapped, a piece at a time.
  ///
  /// @param buffer takes what is read
  private record Comparison(MemorySegment buffer) {
    static final long UNREADABLE = -2;

    /// The first byte of a range of a device that differs, from the start of the range; -1 when
    /// there is none, [#UNREADABLE] for devices that know no read(2).
    long device(MappedDaxDevice device, long offset, long lengthBytes) throws IOException {
      device.invalidate(offset, lengthBytes);
      return read(device.fd(), offset, device.memory().asSlice(offset, lengthBytes));
    }

    /// The same for a file and memory that should hold its bytes from `position` on.
    long read(Fd fd, long position, MemorySegment memory) throws IOException {
      long at = 0;
      while (at < memory.byteSize()) {
        long length = Math.min(buffer.byteSize(), memory.byteSize() - at);
        long got = Io.pread(fd, buffer, 0, length, position + at);
        if (got == -Errno.EINVAL || got == -Errno.ENXIO) {
          return UNREADABLE;
        }
        if (got <= 0) {
          throw new ErrnoException(
              "read at byte " + (position + at), got == 0 ? Errno.EIO : (int) -got);
        }
        long different = buffer.asSlice(0, got).mismatch(memory.asSlice(at, got));
        if (different >= 0) {
          return at + different;
        }
        at += got;
      }
      return -1;
    }
  }
}
