package io.famfs.fuse.server;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// One client from an INIT to the DESTROY, the next INIT or the close that ends its session. Its
/// identity is the key of what a file system keeps for it, the same in all that OPENDIR or others
/// may make of its [Connection].
public final class Client {
  /// What it can be told of changes, see [Changes].
  public enum Hearing {
    /// Nothing: it must not remember for long.
    NOTHING,
    /// That attributes have changed, and names as far as there are few of them.
    ATTRIBUTES,
    /// Everything.
    ALL
  }

  private final long id;
  private final @Nullable ClientMaps maps;
  private final ClientView view;
  private final boolean resumed;
  private volatile boolean ended;
  private volatile Hearing hears = Hearing.NOTHING;

  Client(@Nullable ClientMaps maps, ClientView view) {
    this(maps, view, newId(), false);
  }

  private Client(@Nullable ClientMaps maps, ClientView view, long id, boolean resumed) {
    this.maps = maps;
    this.view = view;
    this.id = id;
    this.resumed = resumed;
  }

  /// A client that another process has had.
  static Client resumed(@Nullable ClientMaps maps, ClientView view, long id) {
    return new Client(maps, view, id, true);
  }

  /// A number that no other client has, before or after.
  private static long newId() {
    return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
  }

  /// Its number, the same in a process that goes on with it.
  public long id() {
    return id;
  }

  /// Whether another process has had it before.
  boolean isResumed() {
    return resumed;
  }

  /// What the client is told about where files lie; null when it has not asked for anything.
  public @Nullable ClientMaps maps() {
    return maps;
  }

  /// The file system as the client sees it.
  public ClientView view() {
    return view;
  }

  /// Whether the session has ended. A request that was under way then may still be; what it would
  /// leave behind for its client nobody would come for any more. Set before [FuseFileSystem#ended]
  /// is called.
  public boolean ended() {
    return ended;
  }

  /// What it can be told now.
  public Hearing hears() {
    return hears;
  }

  void hears(Hearing what) {
    hears = what;
  }

  void end() {
    ended = true;
  }
}
