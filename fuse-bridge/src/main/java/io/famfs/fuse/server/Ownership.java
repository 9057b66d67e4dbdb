package io.famfs.fuse.server;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which process creates, while clients go from one to another: the one they leave lets go when all
/// of its clients have been handed over, the one they come to takes up when the first one comes.
final class Ownership {
  private static final System.Logger LOG = System.getLogger(Ownership.class.getName());

  private final @Nullable Migration files;
  private final Set<SessionMigration> here = new HashSet<>();

  /// Clients that have been handed over and whose sessions are still here, by number.
  private final Map<Long, SessionMigration> away = new HashMap<>();

  /// Whether a client has been handed over since this process took up.
  private boolean wanted;

  /// @param files null when the file system cannot be shared
  Ownership(@Nullable Migration files) {
    this.files = files;
  }

  @Nullable Migration files() {
    return files;
  }

  /// A client uses the file system here.
  ///
  /// @return why nothing can be created for it; empty when it can
  synchronized String use(SessionMigration client) {
    here.add(client);
    away.values().remove(client);
    return files == null ? "" : files.takeUp();
  }

  /// A client has been handed over.
  synchronized void handOver(SessionMigration client, long number) {
    here.remove(client);
    away.put(number, client);
    wanted = true;
    leave();
  }

  /// Lets another process create, when no client is here.
  synchronized void leave() {
    if (here.isEmpty() && files != null) {
      wanted = false;
      files.letGo();
      LOG.log(
          System.Logger.Level.INFO,
          "no client is here any more: another server may create in the file system now");
    }
  }

  /// A client has ended. When it was the last one, those that have been handed over may create
  /// where they are now.
  synchronized void end(SessionMigration client) {
    here.remove(client);
    away.values().remove(client);
    if (wanted) {
      leave();
    }
  }

  /// The session in which a client of this server was, which comes to another of its sockets; null
  /// when it comes from elsewhere.
  synchronized @Nullable SessionMigration left(long number) {
    return away.get(number);
  }
}
