package io.famfs.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs demo`: the main job from end to end, with proof.
@Command(
    name = "demo",
    description = {
      "Shows and proves the main job: file system, virtual machine, mapped files.",
      "Makes a file system in memory, fills it, serves it to a virtual machine that maps it, and"
          + " proves with checksums and counters that everybody sees the same bytes in place."
    },
    footer = {
      "",
      "Gets QEMU and a guest kernel as Debian packages the first time (nothing is installed).",
      "Exit 0 only if everything it claims was checked; what had to be skipped is said."
    })
final class DemoCommand extends BaseCommand {
  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "Use this device (its contents are lost with --force) instead of /dev/shm.")
  private @Nullable Path device;

  @Option(
      names = {"-f", "--force"},
      description = "Overwrite an existing famfs file system on DEVICE.")
  private boolean force;

  @Option(
      names = "--console",
      paramLabel = "FILE",
      description = "Keep the guest's console in this file.")
  private @Nullable Path console;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIRECTORY",
      description = "What to copy in (default: the sources of this project).")
  private @Nullable Path directory;

  @Override
  public Integer call() throws Exception {
    DemoRequest request =
        new DemoRequest(device, force, directory == null ? ownSources() : directory, console);
    return new Demo(request, out()).run() ? DONE : FAILED;
  }

  private static Path ownSources() {
    String root = System.getProperty("famfs.root");
    if (root == null) {
      throw new CliException("name a DIRECTORY to copy: this program does not know its sources");
    }
    return Path.of(root);
  }
}
