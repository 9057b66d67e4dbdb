package io.famfs.fuse.server;

/// One client from an INIT to the DESTROY, the next INIT or the close that ends its session. Its
/// identity is the key of what a file system keeps for it, the same in all that OPENDIR or others
/// may make of its [Connection].
public final class Client {
  private volatile boolean ended;

  Client() {}

  /// Whether the session has ended. A request that was under way then may still be; what it would
  /// leave behind for its client nobody would come for any more. Set before [FuseFileSystem#ended]
  /// is called.
  public boolean ended() {
    return ended;
  }

  void end() {
    ended = true;
  }
}
