package io.famfs.fuse.server;

import org.jspecify.annotations.Nullable;

/// Serves one file system over any number of connections and any kind of door.
public final class FuseServer implements SessionFactory {
  private final FuseFileSystem files;
  private final Dispatcher dispatcher = new Dispatcher();
  private final ServerCounters counters = new ServerCounters();

  public FuseServer(FuseFileSystem files) {
    this.files = files;
  }

  @Override
  public Session open(@Nullable MappingWindow window) {
    return new FuseSession(files, window, dispatcher, counters);
  }

  /// What has been done so far, over all connections.
  public ServerStats stats() {
    return counters.stats();
  }
}
