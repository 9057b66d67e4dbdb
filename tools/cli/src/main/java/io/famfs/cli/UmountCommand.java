package io.famfs.cli;

import io.famfs.core.Errno;
import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import io.famfs.os.ErrnoException;
import io.famfs.os.Mounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs umount`.
@Command(
    name = "umount",
    description = "Unmounts a file system and waits until its server has ended.")
final class UmountCommand extends BaseCommand {
  private static final int WAIT_SECONDS = 10;

  @Option(
      names = {"-l", "--lazy"},
      description = "Detach now, finish when nobody uses it any more.")
  private boolean lazily;

  @Parameters(paramLabel = "DIRECTORY", description = "Where it is mounted.")
  private Path directory = Path.of("");

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    MountTable.Entry mount =
        Location.inMount(directory.toString())
            .filter(location -> location.path().isEmpty())
            .map(Location::mount)
            .orElseThrow(() ->
                new CliException(
                    directory
                        + ": no famfs file system is mounted here (findmnt -t "
                        + MountTable.TYPE
                        + " lists them)"));
    OptionalLong server = mount.readOnly() ? OptionalLong.empty() : holder(mount.device());
    unmount(mount.directory());
    if (!lazily && server.isPresent()) {
      awaitEnd(server.getAsLong());
    }
    return DONE;
  }

  private void unmount(Path target) throws IOException {
    try {
      Mounts.unmount(target, lazily);
    } catch (ErrnoException e) {
      if (e.errno() == Errno.EBUSY) {
        throw new CliException(
            target
                + " is in use: end the programs that have something open there (fuser -vm "
                + target
                + " lists them), or detach it with --lazy");
      }
      if (e.errno() == Errno.EPERM) {
        throw new CliException(e.getMessage() + ": unmounting takes root");
      }
      throw e;
    }
  }

  private void awaitEnd(long pid) throws InterruptedException, ExecutionException {
    ProcessHandle process = ProcessHandle.of(pid).orElse(null);
    if (process == null) {
      return;
    }
    try {
      process.onExit().get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      complain("unmounted, but process " + pid + " still holds the device");
    }
  }

  private static OptionalLong holder(Path device) {
    try (MappedDaxDevice opened = DaxDevices.open(device, Mode.READ_ONLY)) {
      return opened.lockHolder();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
