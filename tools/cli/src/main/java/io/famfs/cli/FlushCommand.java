package io.famfs.cli;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs flush`.
@Command(
    name = "flush",
    description = {
      "Makes all that this host has stored into files visible to every other user of",
      "the memory, and drops what the processor has cached of them."
    },
    footer = {"", "Exit codes: 0 every file was flushed, 1 some were not; the last line counts."})
final class FlushCommand extends BaseCommand {
  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(
      names = {"-v", "--verbose"},
      description = "A line for each file.")
  private boolean verbose;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Which files.")
  private List<String> files = new ArrayList<>();

  @Override
  public Integer call() {
    int failures = 0;
    for (String file : files) {
      try {
        Location location = devices.locate(file);
        if (location.mount() != null) {
          sync(Path.of(file));
        }
        long flushed = flush(location);
        if (verbose) {
          out().println(Inodes.printable(file) + ": " + flushed + " bytes flushed");
        }
      } catch (CliException | IOException e) {
        complain(String.valueOf(e.getMessage()));
        failures++;
      }
    }
    if (failures > 0 && files.size() > 1) {
      complain(failures + " of " + files.size() + " files were not flushed");
    }
    out().flush();
    return failures == 0 ? DONE : FAILED;
  }

  /// Has the server of the mount write back; a file in the making is in the log after this.
  private static void sync(Path file) throws IOException {
    try (Fd fd = Fd.open(file, Fd.O_RDONLY, 0)) {
      int result = fd.fsync();
      if (result < 0) {
        throw new ErrnoException("fsync " + file, -result);
      }
    }
  }

  /// Writes back and invalidates every range of a file. Opened anew for each file: the one before
  /// may have put this one in the log.
  private static long flush(Location location) throws IOException {
    try (OpenVolume opened = OpenVolume.forReading(location.devices())) {
      FileInode inode = Inodes.findFile(opened, location);
      opened.requireReachable(inode);
      ExtentCursor cursor = new ExtentCursor();
      long at = 0;
      while (at < inode.sizeBytes()
          && inode.extents().resolve(at, inode.sizeBytes() - at, cursor)) {
        var device = opened.volume().device(cursor.deviceIndex());
        device.writeBack(cursor.deviceOffset(), cursor.runBytes());
        device.invalidate(cursor.deviceOffset(), cursor.runBytes());
        at += cursor.runBytes();
      }
      return at;
    }
  }
}
