package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.server.Changes;
import io.famfs.fuse.server.Client;
import io.famfs.fuse.server.Request;
import io.famfs.store.NewFile;
import io.famfs.store.NewFileJournal;
import io.famfs.store.StoreException;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The files that are not in the log yet, and who has them open for writing.
///
/// A file goes into the log when the last handle that can write to it is released, over all
/// clients, or by FSYNC. One that nobody has had open for writing yet, made by MKNOD, waits for its
/// first writer; one that CREATE made for reading goes into the log when that handle is released.
/// The end of a session releases the handles of its client, and what the client has made and nobody
/// writes to goes into the log as well.
///
/// Handles are counted per client, so no client releases those of another. What is counted of a
/// file is guarded by the file's own lock.
final class FilesInMaking {
  /// Most handles of one client on one file that is new.
  static final int MAX_HANDLES = 1 << 20;

  private static final Logger LOGGER = System.getLogger(FilesInMaking.class.getName());
  private static final int MAX_CAUSES = 100;

  private final Volume volume;
  private volatile @Nullable NewFileTable table;
  private volatile Changes changes = Changes.UNHEARD;
  private final Map<Long, Use> uses = new ConcurrentHashMap<>();
  private final Set<String> loggedCauses = ConcurrentHashMap.newKeySet();

  FilesInMaking(Volume volume) {
    this.volume = volume;
  }

  /// Says where changes are told that no request asks for by itself.
  void tell(Changes to) {
    changes = to;
  }

  /// Whether a request that makes a file, and comes once more, has made this one. A process that is
  /// killed may have made it and not noted for whom.
  boolean isMadeBy(Request request, NewFile file, Making how) {
    Use use = uses.get(file.inode().nodeid());
    long client = request.connection().client().id();
    return request.resent()
        && use != null
        && (use.maker == 0 || (use.maker == client && use.making == how));
  }

  /// Why a file in the log does not get another size.
  ///
  /// @return EFBIG for more than the devices hold, which no file could have, else EPERM
  int refusalOfSize(long sizeBytes) {
    return sizeBytes > volume.usage().totalBytes() ? Errno.EFBIG : Errno.EPERM;
  }

  /// A client has emptied a file by opening it.
  void truncated(FileInode file, Client by) {
    changes.attributes(file.nodeid(), by);
  }

  /// How a client has come to a file it made.
  enum Making {
    /// By CREATE, which opened it.
    OPENED,
    /// By MKNOD.
    UNOPENED
  }

  private static final class Use {
    private final NewFile file;

    /// By the clients' numbers.
    private final Map<Long, Integer> handles = new HashMap<>();

    private long maker;
    private Making making = Making.UNOPENED;

    Use(NewFile file) {
      this.file = file;
    }
  }

  /// Locks a file that is new. The caller unlocks it.
  ///
  /// @return null when the file is in the log, or gone: [FileInode#isCommitted()] tells
  @Nullable NewFile lock(FileInode inode) {
    NewFile file = volume.newFile(inode);
    if (file == null) {
      return null;
    }
    file.lock();
    if (file.state() == NewFile.State.MAKING) {
      return file;
    }
    file.unlock();
    return null;
  }

  /// A client has made a file. The caller holds its lock.
  ///
  /// @return 0, or -EIO when the client's session has ended meanwhile
  int made(Client client, NewFile file, Making making) {
    Use use = use(file);
    use.maker = client.id();
    use.making = making;
    NewFileTable noted = table;
    if (noted != null) {
      noted.maker(file.journalPlace(), client.id(), making == Making.OPENED);
    }
    return client.ended() ? -Errno.EIO : 0;
  }

  /// Goes on with the files that another process has left, and leaves those of this one.
  void keepIn(NewFileTable kept) {
    Map<Integer, NewFileJournal.Entry> left = kept.left();
    for (String lost : volume.keepNewFiles(kept, left)) {
      LOGGER.log(Level.ERROR, "{0} was new and is lost: its space or its name has gone", lost);
    }
    left.forEach((place, entry) -> {
      Inode inode = volume.namespace().inode(entry.nodeid());
      NewFile file = inode instanceof FileInode made ? volume.newFile(made) : null;
      if (file != null && file.journalPlace() == place) {
        Use use = use(file);
        use.handles.putAll(kept.handles(place));
        use.maker = kept.maker(place);
        use.making = kept.opened(place) ? Making.OPENED : Making.UNOPENED;
      }
    });
    table = kept;
  }

  private boolean note(Request request, NewFile file, int count) {
    NewFileTable noted = table;
    if (noted == null) {
      return true;
    }
    Scratch scratch = Scratch.of(request);
    if (scratch.countedPlace < 0) {
      scratch.countedPlace = noted.counted().place();
    }
    long client = request.connection().client().id();
    CountedRequests.By by =
        new CountedRequests.By(client, request.plainUnique(), scratch.countedPlace);
    return noted.handles(file.journalPlace(), by, count);
  }

  /// Whether a process before has counted a request that comes once more.
  private boolean wasCounted(Request request) {
    NewFileTable noted = table;
    return noted != null
        && request.resent()
        && noted.counted().wasCounted(request.connection().client().id(), request.plainUnique());
  }

  /// Whether this process, which leaves nothing to others, has counted a handle of the client that
  /// made a file; what it does under the file's lock is never done in part. The caller holds it.
  boolean isCountedHere(Client client, NewFile file) {
    return table == null && use(file).handles.containsKey(client.id());
  }

  /// A client has opened a file for writing. The caller holds its lock.
  ///
  /// @return 0, -ENFILE for too many handles, -EIO when the client's session has ended meanwhile
  int opened(Request request, NewFile file) {
    if (wasCounted(request)) {
      return 0;
    }
    Client client = request.connection().client();
    Use use = use(file);
    int before = use.handles.getOrDefault(client.id(), 0);
    if (before == MAX_HANDLES) {
      return -Errno.ENFILE;
    }
    if (client.ended()) {
      return -Errno.EIO;
    }
    if (!note(request, file, before + 1)) {
      return -Errno.ENFILE;
    }
    use.handles.put(client.id(), before + 1);
    return 0;
  }

  private Use use(NewFile file) {
    return uses.computeIfAbsent(file.inode().nodeid(), _ -> new Use(file));
  }

  /// A client has released a handle.
  ///
  /// @param writes whether the handle could write
  void released(Request request, FileInode inode, boolean writes) {
    NewFile file = lock(inode);
    if (file == null) {
      return;
    }
    try {
      Use use = uses.get(inode.nodeid());
      if (use == null) {
        return;
      }
      boolean last =
          writes
              ? wasCounted(request) || lastOf(request, use)
              : createdBy(request.connection().client(), use);
      if (last && use.handles.isEmpty()) {
        finish(file);
      }
    } finally {
      file.unlock();
    }
  }

  /// Takes a handle away.
  ///
  /// @return whether the client had one
  private boolean lastOf(Request request, Use use) {
    Client client = request.connection().client();
    Integer before = use.handles.get(client.id());
    if (before == null) {
      return false;
    }
    if (before == 1) {
      use.handles.remove(client.id());
    } else {
      use.handles.put(client.id(), before - 1);
    }
    boolean _ = note(request, use.file, before - 1);
    return true;
  }

  private static boolean createdBy(Client client, Use use) {
    return use.maker == client.id() && use.making == Making.OPENED;
  }

  /// A client's session has ended.
  void ended(Client client) {
    for (Use use : uses.values()) {
      use.file.lock();
      try {
        boolean had = use.handles.remove(client.id()) != null || use.maker == client.id();
        NewFileTable noted = table;
        if (noted != null) {
          boolean _ = noted.handles(use.file.journalPlace(), client.id(), 0);
        }
        if (had && use.handles.isEmpty() && use.file.state() == NewFile.State.MAKING) {
          finish(use.file);
        }
      } finally {
        use.file.unlock();
      }
    }
  }

  /// Nobody has a file open for writing any more. The caller holds its lock.
  private void finish(NewFile file) {
    if (file.inode().isUnlinked()) {
      discard(file);
    } else {
      commit(file);
    }
  }

  /// Puts a file into the log, unless it has no name any more. The caller holds its lock. A file
  /// that fails stays new, and is tried again at its next release, and when the volume is closed.
  ///
  /// @return 0 or a negative errno
  int commit(NewFile file) {
    if (file.inode().isUnlinked()) {
      return 0;
    }
    try {
      file.commit();
      uses.remove(file.inode().nodeid());
      // Space that was taken in advance has been given back.
      changes.attributes(file.inode().nodeid(), null);
      return 0;
    } catch (StoreException e) {
      logOnce(file, e);
      return -e.errno();
    }
  }

  /// Puts a file into the log that nobody has open for writing. The caller holds its lock.
  ///
  /// @return 0, -EBUSY when somebody has, or as [#commit]
  int settle(NewFile file) {
    Use use = uses.get(file.inode().nodeid());
    return use != null && !use.handles.isEmpty() ? -Errno.EBUSY : commit(file);
  }

  /// Puts what a client has made into the log, as far as nobody writes to it.
  ///
  /// @param all also what somebody writes to
  /// @return the paths of files that somebody writes to
  List<String> settle(Client client, boolean all) {
    List<String> written = new ArrayList<>();
    for (Use use : uses.values()) {
      use.file.lock();
      try {
        boolean own = use.maker == client.id() || use.handles.containsKey(client.id());
        if (own && use.file.state() == NewFile.State.MAKING) {
          if (!use.handles.isEmpty()) {
            written.add(use.file.inode().path());
          }
          if (all || use.handles.isEmpty()) {
            int _ = commit(use.file);
          }
        }
      } finally {
        use.file.unlock();
      }
    }
    return written;
  }

  /// Takes the name of a file away. Who has it open for writing uses it until the last of them
  /// releases it. The caller holds its lock.
  void unlink(NewFile file) {
    Use use = uses.get(file.inode().nodeid());
    if (use == null || use.handles.isEmpty()) {
      discard(file);
    } else {
      file.unlink();
    }
    tellGone(file.inode());
  }

  /// Gives a file up that could not be made. The caller holds its lock.
  void abandon(NewFile file) {
    discard(file);
    tellGone(file.inode());
  }

  private void discard(NewFile file) {
    file.abandon();
    uses.remove(file.inode().nodeid());
  }

  private void tellGone(FileInode inode) {
    long parent = inode.parent().nodeid();
    changes.attributes(parent, null);
    String name = new String(inode.name(), StandardCharsets.UTF_8);
    changes.gone(new Changes.Entry(parent, name, inode.nodeid()), null);
  }

  private void logOnce(NewFile file, StoreException cause) {
    String line = String.valueOf(cause.getMessage());
    if (loggedCauses.size() < MAX_CAUSES && loggedCauses.add(line)) {
      LOGGER.log(Level.WARNING, () -> file.inode() + " is not in the log: " + line);
    }
  }
}
