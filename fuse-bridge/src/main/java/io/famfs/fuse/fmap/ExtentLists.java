package io.famfs.fuse.fmap;

import io.famfs.fuse.server.Client;
import io.famfs.store.namespace.FileInode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The lists of extents that clients of a server were given, and of which files they are held: a
/// client that maps a file by itself cannot be told that its bytes have moved, so nobody is given
/// another list of a file while somebody may hold one.
///
/// The first open takes the file's list; further opens have to find the same. What happens at the
/// last close is up to the policy. A list can only differ when the file is another one under the
/// same nodeid: the lists of committed files never change.
///
/// ```text
/// (none) --open, ask--> kept --open--> open --last close--> kept --policy--> (none)
/// ```
///
/// All methods are for any number of threads.
public final class ExtentLists {
  private static final int FIRST_CAPACITY = 64;
  private static final long HASH_FACTOR = 0x9E37_79B9_7F4A_7C15L;

  private final int closedLimit;
  private final Map<Client, Map<Long, Integer>> opens = new HashMap<>();
  private @Nullable GivenList[] chains = new GivenList[FIRST_CAPACITY];
  private int size;
  private int closed;
  private @Nullable GivenList oldest;
  private @Nullable GivenList newest;

  /// No lists yet.
  public ExtentLists(ExtentCachePolicy policy) {
    closedLimit = policy.closedFiles();
  }

  /// A client opens a file and will hold its list.
  ///
  /// @return false when another list of this file is held or kept; the client must not get one then
  public synchronized boolean open(FileInode file, Client client) {
    if (client.ended()) {
      return true;
    }
    GivenList list = at(file.nodeid());
    if (list == null) {
      list = insert(file);
    } else if (!list.same(file.extents(), file.sizeBytes())) {
      return false;
    } else if (list.opens == 0) {
      unlink(list);
    }
    list.opens++;
    opens
        .computeIfAbsent(client, ignored -> new LinkedHashMap<>())
        .merge(file.nodeid(), 1, Integer::sum);
    return true;
  }

  /// A client gives up one of its handles on a file; one it does not have is passed over.
  public synchronized void close(long nodeid, Client client) {
    Map<Long, Integer> held = opens.get(client);
    Integer count = held == null ? null : held.get(nodeid);
    if (held == null || count == null) {
      return;
    }
    if (count > 1) {
      held.put(nodeid, count - 1);
    } else {
      held.remove(nodeid);
    }
    release(nodeid, 1);
  }

  /// A client has ended: all its handles are given up, those of the file it opened first first.
  public synchronized void ended(Client client) {
    Map<Long, Integer> held = opens.remove(client);
    if (held != null) {
      held.forEach(this::release);
    }
  }

  /// How many files' lists are held or kept.
  public synchronized int size() {
    return size;
  }

  /// The list that is held or kept of a file, made when there is none.
  ///
  /// @return null when another list of this file is held or kept
  synchronized @Nullable GivenList find(FileInode file) {
    GivenList found = at(file.nodeid());
    if (found != null) {
      return found.same(file.extents(), file.sizeBytes()) ? found : null;
    }
    GivenList made = insert(file);
    link(made);
    trim();
    return made;
  }

  private void release(long nodeid, int handles) {
    GivenList list = at(nodeid);
    if (list != null) {
      list.opens -= handles;
      if (list.opens == 0) {
        link(list);
        trim();
      }
    }
  }

  /// Forgets lists nobody holds, the ones that were closed first, down to the limit.
  private void trim() {
    GivenList eldest = oldest;
    while (closed > closedLimit && eldest != null) {
      GivenList next = eldest.newer;
      unlink(eldest);
      remove(eldest);
      eldest = next;
    }
  }

  private void link(GivenList list) {
    list.older = newest;
    list.newer = null;
    if (newest == null) {
      oldest = list;
    } else {
      newest.newer = list;
    }
    newest = list;
    closed++;
  }

  private void unlink(GivenList list) {
    GivenList before = list.older;
    GivenList behind = list.newer;
    if (before == null) {
      oldest = behind;
    } else {
      before.newer = behind;
    }
    if (behind == null) {
      newest = before;
    } else {
      behind.older = before;
    }
    list.older = null;
    list.newer = null;
    closed--;
  }

  private @Nullable GivenList at(long nodeid) {
    GivenList list = chains[slot(nodeid, chains.length)];
    while (list != null && list.nodeid != nodeid) {
      list = list.chained;
    }
    return list;
  }

  private GivenList insert(FileInode file) {
    GivenList list = new GivenList(file.nodeid(), file.extents(), file.sizeBytes());
    if (size == chains.length) {
      grow();
    }
    int slot = slot(list.nodeid, chains.length);
    list.chained = chains[slot];
    chains[slot] = list;
    size++;
    return list;
  }

  private void grow() {
    @Nullable GivenList[] larger = new GivenList[2 * chains.length];
    for (GivenList chain : chains) {
      GivenList list = chain;
      while (list != null) {
        GivenList next = list.chained;
        int slot = slot(list.nodeid, larger.length);
        list.chained = larger[slot];
        larger[slot] = list;
        list = next;
      }
    }
    chains = larger;
  }

  private void remove(GivenList list) {
    int slot = slot(list.nodeid, chains.length);
    GivenList at = chains[slot];
    if (at == list) {
      chains[slot] = list.chained;
    }
    while (at != null && at != list) {
      if (at.chained == list) {
        at.chained = list.chained;
      }
      at = at.chained;
    }
    size--;
  }

  /// @param slots a power of two
  private static int slot(long nodeid, int slots) {
    return (int) ((nodeid * HASH_FACTOR) >>> (Long.SIZE - Integer.numberOfTrailingZeros(slots)));
  }
}
