package io.famfs.cli;

import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.ClientOptions;
import io.famfs.fuse.server.FuseServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/// A server in the test's own process that can be looked at: a volume with the files `d/plain`, of
/// 5 MiB, and `striped`, and a runtime directory of its own.
final class SeenServer implements AutoCloseable {
  static final int PLAIN_BYTES = 5 << 20;

  final FuseServer server;
  final Path runtime;
  private final OpenVolume opened;
  private final Visibility visibility;

  /// @param folder for the volume and its sockets
  /// @param options of `famfs serve`
  SeenServer(Path folder, String... options) throws IOException {
    runtime = folder.resolve("run");
    System.setProperty("famfs.runtime.dir", runtime.toString());
    Path device = folder.resolve("device.img");
    CommandRun.mkfs("--size", "64M", device).done();
    CommandRun.famfs("mkdir", "d", "--device", device).done();
    Path plain = Files.write(folder.resolve("plain"), new byte[PLAIN_BYTES]);
    CommandRun.famfs("cp", plain, "d", "--device", device).done();
    SeeingOptions seeing = new SeeingOptions();
    new CommandLine(new Holder(seeing)).parseArgs(options);
    opened = OpenVolume.forServing(Devices.of(List.of(device)), ServeMode.BY_ROLE);
    visibility = seeing.visibility("serve", false);
    server =
        new FuseServer(
            new FamfsFileSystem(opened.volume(), FamfsOptions.standard()),
            ClientOptions.standard(),
            visibility.observe());
    visibility.show(
        server, "seen", Map.of("devices", opened.names(), "socket", folder + "/fs.sock"));
  }

  @CommandLine.Command
  private record Holder(@CommandLine.Mixin SeeingOptions seeing) {}

  Path socket() {
    return runtime.resolve("serve-" + ProcessHandle.current().pid() + ".sock");
  }

  @Override
  public void close() {
    visibility.close();
    opened.close();
    System.clearProperty("famfs.runtime.dir");
  }
}
