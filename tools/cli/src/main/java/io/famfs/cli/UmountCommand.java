package io.famfs.cli;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
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
    Path target = directory.toAbsolutePath().normalize();
    MountTable.Entry mount =
        MountTable.holding(target)
            .filter(entry -> entry.directory().equals(target))
            .orElseThrow(() -> new CliException(directory + ": no famfs file system is mounted"));
    OptionalLong server = holder(mount.device());
    Mounts.unmount(target, lazily);
    if (!lazily && server.isPresent()) {
      awaitEnd(server.getAsLong());
    }
    return DONE;
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
