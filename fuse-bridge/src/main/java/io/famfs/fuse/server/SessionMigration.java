package io.famfs.fuse.server;

import io.famfs.fuse.lock.LockImage;
import io.famfs.fuse.lock.LockRequest;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A session whose client goes to another server, or has come from one. Called while no request is
/// handled.
final class SessionMigration {
  private static final System.Logger LOG = System.getLogger(SessionMigration.class.getName());

  private final FuseSession session;
  private final Ownership ownership;
  private final MigrationPolicy policy;
  private boolean away;

  /// The locks that went with the client to another socket of this server.
  private List<LockImage> moved = List.of();

  private boolean gone;

  SessionMigration(FuseSession session, FuseServer.Peer peer) {
    this.session = session;
    ownership = peer.ownership();
    policy = peer.options().migration();
  }

  private boolean lenient() {
    return policy == MigrationPolicy.GUEST_ERROR;
  }

  private void say(Level level, String what) {
    LOG.log(level, "{0}: {1}", session.name(), what);
  }

  private Migration files() throws IOException {
    Migration files = ownership.files();
    if (files == null) {
      throw new IOException("the file system cannot go to another server");
    }
    return files;
  }

  /// INIT: the client is one of this server.
  void begun() {
    away = false;
    String refused = ownership.use(this);
    if (!refused.isEmpty()) {
      say(Level.WARNING, "nothing can be created: " + refused);
    }
  }

  byte[] save(List<List<Integer>> taken) throws IOException {
    Migration files = files();
    Connection agreed = session.connection();
    if (agreed == null) {
      return new MigrationImage(files.volume(), 0, null, List.of(), List.of(), taken).encode();
    }
    settle(files, agreed.client());
    List<LockImage> locks = session.locks().held().stream().map(LockImage::of).toList();
    TreeSet<Long> nodeids = new TreeSet<>();
    session.opens().forEach(nodeids::add);
    locks.forEach(lock -> nodeids.add(lock.nodeid()));
    List<MigrationImage.OpenInode> inodes =
        nodeids.stream()
            .filter(nodeid -> files.fingerprint(nodeid) != -1)
            .map(nodeid ->
                new MigrationImage.OpenInode(
                    nodeid, files.fingerprint(nodeid), session.opens().opens(nodeid)))
            .toList();
    return new MigrationImage(
            files.volume(), files.logEntries(0), SessionImage.of(agreed), inodes, locks, taken)
        .encode();
  }

  /// Files that are new are known to this process only.
  private void settle(Migration files, Client client) throws IOException {
    List<String> written = files.settle(client, lenient());
    for (String path : written) {
      say(
          Level.ERROR,
          "'"
              + path
              + "' is new and open for writing"
              + (lenient() ? ": it is in the log now and does not grow any more" : ""));
    }
    if (!lenient() && !written.isEmpty()) {
      throw new IOException(
          written.size()
              + " new files are being written; try again when they are closed, or serve with"
              + " --migration-on-error=guest-error");
    }
  }

  void handOver() throws IOException {
    Migration _ = files();
    away = true;
    ownership.handOver(this, number());
  }

  private long number() {
    Connection agreed = session.connection();
    return agreed == null ? 0 : agreed.client().id();
  }

  /// The client has come to another socket of this server: its locks go there.
  private void leaveLocks() {
    moved = session.locks().held().stream().map(LockImage::of).toList();
    session.locks().end(false);
    gone = true;
  }

  /// Whether the client is in another session of this server, which has everything of it.
  boolean isGone() {
    return gone;
  }

  private void takeLocksBack() {
    for (LockRequest lost : session.locks().takeAgain(number(), moved)) {
      say(Level.ERROR, "a lock of inode 0x" + Long.toHexString(lost.nodeid()) + " is lost");
    }
    moved = List.of();
    gone = false;
  }

  void takeBack() {
    if (away) {
      away = false;
      String refused = ownership.use(this);
      if (gone) {
        takeLocksBack();
      }
      say(
          refused.isEmpty() ? Level.INFO : Level.ERROR,
          "the client goes on here"
              + (refused.isEmpty() ? "" : ", and creates nothing: " + refused));
    }
  }

  void ended() {
    ownership.end(this);
  }

  List<int[]> load(byte[] state, int queues) throws IOException {
    MigrationImage image = MigrationImage.decode(state);
    if (image.taken().size() != queues) {
      throw new IOException(
          "the guest's device has " + image.taken().size() + " queues, this one " + queues);
    }
    if (session.connection() != null) {
      throw new IOException("the session has a client already");
    }
    SessionImage agreed = image.session();
    if (agreed != null) {
      load(image, agreed);
    }
    return image.taken().stream()
        .map(heads -> heads.stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }

  private void load(MigrationImage image, SessionImage agreed) throws IOException {
    Migration files = files();
    Problems problems = new Problems();
    boolean same = files.volume().equals(image.volume());
    if (!same) {
      problems.add("the guest's volume is " + image.volume() + ", this one is " + files.volume());
    }
    String refused = ownership.use(this);
    if (!refused.isEmpty()) {
      problems.add("nothing can be created for it: " + refused);
    }
    long entries = files.logEntries(same ? image.logEntries() : 0);
    if (same && entries < image.logEntries()) {
      problems.add("the log has " + entries + " entries, the guest knew " + image.logEntries());
    }
    check(files, image, problems);
    SessionMigration from = ownership.left(agreed.client());
    boolean done = false;
    try {
      problems.decide();
      session.goOn(agreed);
      if (from != null) {
        from.leaveLocks();
      }
      takeLocks(files, image, agreed.client(), problems);
      problems.decide();
      done = true;
    } finally {
      if (!done) {
        session.end();
        giveBack(from, agreed.client());
      }
    }
    image.inodes().forEach(inode -> session.opens().goOnWith(inode.nodeid(), inode.opens()));
    session.lost(new LostInodes(problems.errnos));
    say(
        Level.INFO,
        "a guest has come: "
            + image.inodes().size()
            + " inodes in use, "
            + image.locks().size()
            + " locks, "
            + problems.errnos.size()
            + " inodes lost");
  }

  /// The client does not go on here after all.
  private void giveBack(@Nullable SessionMigration from, long client) {
    ownership.end(this);
    if (from != null) {
      from.takeLocksBack();
      ownership.handOver(from, client);
    } else {
      ownership.leave();
    }
  }

  private void check(Migration files, MigrationImage image, Problems problems) {
    for (MigrationImage.OpenInode inode : image.inodes()) {
      long here = files.fingerprint(inode.nodeid());
      String why = null;
      if (here == -1) {
        why = "is not here";
      } else if (here != inode.fingerprint() && inode.fingerprint() != Migration.UNSETTLED) {
        why = "is another file here";
      }
      if (why != null) {
        problems.lose(inode.nodeid(), LostInodes.GONE, files.describe(inode.nodeid()) + " " + why);
      }
    }
  }

  private void takeLocks(Migration files, MigrationImage image, long client, Problems problems) {
    List<LockImage> wanted =
        image.locks().stream().filter(lock -> !problems.errnos.containsKey(lock.nodeid())).toList();
    for (LockRequest lock : session.locks().takeAgain(client, wanted)) {
      problems.lose(
          lock.nodeid(),
          LostInodes.UNLOCKED,
          "the lock of "
              + files.describe(lock.nodeid())
              + ", bytes "
              + lock.range().first()
              + " to "
              + lock.range().last()
              + ", is somebody else's");
    }
  }

  /// What is not as it was.
  private final class Problems {
    private final Map<Long, Integer> errnos = new HashMap<>();
    private @Nullable String first;

    void add(String what) {
      say(Level.ERROR, "a guest has come, and " + what);
      first = first == null ? what : first;
    }

    void lose(long nodeid, int errno, String what) {
      errnos.putIfAbsent(nodeid, errno);
      add(what);
    }

    void decide() throws IOException {
      String what = first;
      if (what != null && !lenient()) {
        throw new IOException(what);
      }
    }
  }
}
