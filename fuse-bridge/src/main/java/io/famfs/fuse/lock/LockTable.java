package io.famfs.fuse.lock;

import io.famfs.core.Errno;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All locks of a volume, of all clients of this server. Safe for any number of threads; none of
/// them ever waits for a lock of a file: a request that has to wait is kept, and answered by
/// whoever makes it possible.
///
/// | request | what is in the way | result |
/// |---|---|---|
/// | [#set] | nothing | 0 |
/// | [#set] | a lock of another owner | -EAGAIN |
/// | [#await] | a lock of another owner | [#WAITING], later 0, -EINTR, -EDEADLK or -ENOLCK |
/// | [#await] | a lock whose owner waits for this one | -EDEADLK, record locks only |
/// | any | more locks or waiting requests than a client may have | -ENOLCK |
///
/// What is granted at once depends on the locks that there are, not on those who wait, as fcntl(2)
/// and flock(2) say. When locks go, those who wait are looked at in the order they came.
///
/// A record lock is one of bytes: an owner may have several types on parts of a range, ranges of a
/// type that touch are one, a new type replaces the old one, and a request that fails changes
/// nothing. A whole-file lock is one lock: the old one is given up before the new one is asked for,
/// and is lost when that fails or waits (flock(2)).
public final class LockTable {
  /// The request is kept and will be answered later.
  public static final int WAITING = 1;

  private final Map<FileLocks.Key, FileLocks> files = new HashMap<>();
  private final Map<LockOwner, List<Waiter>> waitersByOwner = new HashMap<>();
  private final DeadlockSearch deadlocks = new DeadlockSearch(files, waitersByOwner);

  private @Nullable LockJournal journal;

  /// Clients of another process that nobody has asked for yet, by number.
  private final Map<Long, LockClient> left = new HashMap<>();

  /// Notes all changes from now on, and begins with the locks that another process has noted. Their
  /// clients are asked for with [#resume].
  public synchronized void keepIn(LockJournal kept) {
    kept.replay(change -> {
      LockClient client = left.computeIfAbsent(change.client(), LockTable::numbered);
      if (change.nodeid() == 0) {
        files.values().forEach(file -> file.drop(client));
        left.remove(change.client());
      } else {
        LockRequest request = change.request(client);
        FileLocks file = files.computeIfAbsent(key(request), _ -> new FileLocks());
        int _ = file.apply(request);
        tidy(key(request), file);
      }
    });
    journal = kept;
  }

  private static LockClient numbered(long id) {
    LockClient client = new LockClient();
    client.id(id);
    return client;
  }

  /// A client of another process, with its locks.
  public synchronized LockClient resume(long id) {
    LockClient found = left.remove(id);
    return found == null ? numbered(id) : found;
  }

  /// The locks a client has.
  public synchronized List<LockRequest> locksOf(LockClient client) {
    List<LockRequest> found = new ArrayList<>();
    files.forEach((key, locks) ->
        locks.forEach(
            key,
            lock -> {
              if (lock.owner().client() == client) {
                found.add(lock);
              }
            }));
    return found;
  }

  /// Gives a client the locks that it had at another server.
  ///
  /// @return those that others are in the way of, or that are too many; they are not set
  public synchronized List<LockRequest> takeAgain(List<LockRequest> wanted) {
    List<LockRequest> refused = new ArrayList<>();
    for (LockRequest lock : wanted) {
      FileLocks file = files.computeIfAbsent(key(lock), _ -> new FileLocks());
      if (file.conflict(lock) != null || apply(file, lock) != 0) {
        refused.add(lock);
      }
      tidy(key(lock), file);
    }
    return refused;
  }

  /// Does what nothing is in the way of, and notes it.
  private int apply(FileLocks file, LockRequest request) {
    LockJournal to = journal;
    if (to != null && !hasRoom(to)) {
      return -Errno.ENOLCK;
    }
    int result = file.apply(request);
    if (to != null && result == 0) {
      to.add(LockJournal.Change.of(request));
    }
    return result;
  }

  /// Whether a change can be noted: a journal that is full begins anew with the locks that there
  /// are.
  private boolean hasRoom(LockJournal to) {
    if (to.isFull()) {
      to.compact(each -> files.forEach((key, locks) -> locks.forEach(key, each)));
    }
    return !to.isFull();
  }

  /// An answer that goes out when the table is free again.
  private record Answer(LockReply reply, int result) {}

  /// The first lock that is in the way of a request; null when it could be granted.
  public synchronized @Nullable HeldLock conflict(LockRequest request) {
    FileLocks file = files.get(key(request));
    return file == null ? null : file.conflict(request);
  }

  /// Sets or clears a lock without waiting.
  ///
  /// @return 0, -EAGAIN, or -ENOLCK
  public int set(LockRequest request) {
    List<Answer> answers = new ArrayList<>();
    int result;
    synchronized (this) {
      result = attempt(request, answers);
    }
    send(answers);
    return result;
  }

  /// Sets a lock, or waits for it.
  ///
  /// @param unique the client's number of the request, by which it can be interrupted
  /// @param keep called when the request has to wait: where the answer goes, or null when it cannot
  ///   be kept
  /// @return 0, [#WAITING], -EINTR when it was interrupted already, -EDEADLK, or -ENOLCK
  public int await(LockRequest request, long unique, Supplier<@Nullable LockReply> keep) {
    List<Answer> answers = new ArrayList<>();
    int result;
    synchronized (this) {
      result = attempt(request, answers);
      if (result == -Errno.EAGAIN) {
        result = keep(request, unique, keep);
      }
    }
    send(answers);
    return result;
  }

  /// Gives a waiting request another answer's address, because its client has asked again and does
  /// not know the first any more.
  ///
  /// @param keep as in [#await]
  /// @return [#WAITING] or -ENOLCK; 0 when no such request waits and it has to be handled anew
  public int again(LockClient client, long unique, Supplier<@Nullable LockReply> keep) {
    synchronized (this) {
      Waiter waiter = client.waiter(unique);
      if (waiter == null) {
        return 0;
      }
      LockReply reply = keep.get();
      if (reply == null) {
        forget(waiter);
        return -Errno.ENOLCK;
      }
      waiter.reply(reply);
      return WAITING;
    }
  }

  /// Ends a waiting request with -EINTR. When it is not there it may be about to come, and ends
  /// then.
  public void interrupt(LockClient client, long unique) {
    if (!end(client, unique, -Errno.EINTR)) {
      synchronized (this) {
        if (!client.closed()) {
          client.interruptedEarly(unique);
        }
      }
    }
  }

  /// Ends a waiting request with an error.
  ///
  /// @return whether it was waiting
  public boolean end(LockClient client, long unique, int error) {
    Waiter waiter;
    synchronized (this) {
      waiter = client.waiter(unique);
      if (waiter == null) {
        return false;
      }
      forget(waiter);
    }
    waiter.reply().finish(error);
    return true;
  }

  /// Drops all locks of a client and ends its waiting requests with -ENOTCONN. It gets no locks any
  /// more.
  public void close(LockClient client) {
    List<Answer> answers = new ArrayList<>();
    synchronized (this) {
      client.close();
      for (Waiter waiter : List.copyOf(client.waiting.values())) {
        forget(waiter);
        answers.add(new Answer(waiter.reply(), -Errno.ENOTCONN));
      }
      // Before others are granted what it had, or a process that goes on from in between has both.
      boolean noted = noteEnd(client);
      for (FileLocks.Key key : List.copyOf(files.keySet())) {
        drop(client, key, answers);
      }
      if (!noted) {
        boolean _ = noteEnd(client);
      }
    }
    send(answers);
  }

  /// @return false when the journal has no room while the client has its locks
  private boolean noteEnd(LockClient client) {
    LockJournal to = journal;
    if (to == null || client.id() == 0) {
      return true;
    }
    boolean room = hasRoom(to);
    if (room) {
      to.add(LockJournal.Change.end(client.id()));
    }
    return room;
  }

  /// Number of requests that wait.
  public synchronized int waiting() {
    return waitersByOwner.values().stream().mapToInt(List::size).sum();
  }

  private void drop(LockClient client, FileLocks.Key key, List<Answer> answers) {
    FileLocks file = files.get(key);
    if (file != null && file.drop(client)) {
      wake(file, answers);
      tidy(key, file);
    }
  }

  private static FileLocks.Key key(LockRequest request) {
    return new FileLocks.Key(request.nodeid(), request.kind());
  }

  /// Sets or clears a lock, or says what is in the way: -EAGAIN, -ENOLCK.
  private int attempt(LockRequest request, List<Answer> answers) {
    if (request.owner().client().closed()) {
      return -Errno.ENOLCK;
    }
    FileLocks file = files.computeIfAbsent(key(request), _ -> new FileLocks());
    LockType before = file.typeOf(request.owner());
    boolean converts =
        request.kind() == LockKind.WHOLE && before != LockType.NONE && before != request.type();
    if (converts) {
      int _ = apply(file, request.with(LockType.NONE));
    }
    int result = file.conflict(request) == null ? apply(file, request) : -Errno.EAGAIN;
    if (result == 0 || converts) {
      wake(file, answers);
    }
    tidy(key(request), file);
    return result;
  }

  private int keep(LockRequest request, long unique, Supplier<@Nullable LockReply> keep) {
    LockClient client = request.owner().client();
    if (client.wasInterrupted(unique)) {
      return -Errno.EINTR;
    }
    if (client.waiting.size() >= LockClient.MAX_WAITING || client.waiting.containsKey(unique)) {
      return -Errno.ENOLCK;
    }
    if (request.kind() == LockKind.RECORD && deadlocks.closesCircle(request)) {
      return -Errno.EDEADLK;
    }
    LockReply reply = keep.get();
    if (reply == null) {
      return -Errno.ENOLCK;
    }
    Waiter waiter = new Waiter(request, unique, reply);
    client.waiting.put(unique, waiter);
    waitersByOwner.computeIfAbsent(request.owner(), _ -> new ArrayList<>()).add(waiter);
    files.computeIfAbsent(key(request), _ -> new FileLocks()).waiters().add(waiter);
    return WAITING;
  }

  /// Grants what has become possible on a file. A grant may make another one possible, where it
  /// replaces a lock, and it may close a circle with those who go on waiting.
  private void wake(FileLocks file, List<Answer> answers) {
    boolean any = false;
    while (grant(file, answers)) {
      any = true;
    }
    if (any) {
      breakCircles(file, answers);
    }
  }

  /// Looks at those who wait, in the order they came.
  ///
  /// @return whether somebody got a lock
  private boolean grant(FileLocks file, List<Answer> answers) {
    boolean granted = false;
    Iterator<Waiter> all = file.waiters().iterator();
    while (all.hasNext()) {
      Waiter waiter = all.next();
      if (file.conflict(waiter.request) == null) {
        int result = apply(file, waiter.request);
        granted |= result == 0;
        all.remove();
        unlist(waiter);
        answers.add(new Answer(waiter.reply(), result));
      }
    }
    return granted;
  }

  private void breakCircles(FileLocks file, List<Answer> answers) {
    Iterator<Waiter> all = file.waiters().iterator();
    while (all.hasNext()) {
      Waiter waiter = all.next();
      boolean record = waiter.request.kind() == LockKind.RECORD;
      if (record && deadlocks.closesCircle(waiter.request)) {
        all.remove();
        unlist(waiter);
        answers.add(new Answer(waiter.reply(), -Errno.EDEADLK));
      }
    }
  }

  private void forget(Waiter waiter) {
    FileLocks file = files.get(key(waiter.request));
    if (file != null) {
      file.waiters().remove(waiter);
      tidy(key(waiter.request), file);
    }
    unlist(waiter);
  }

  private void unlist(Waiter waiter) {
    LockOwner owner = waiter.request.owner();
    owner.client().waiting.remove(waiter.unique);
    List<Waiter> own = waitersByOwner.get(owner);
    if (own != null && own.remove(waiter) && own.isEmpty()) {
      waitersByOwner.remove(owner);
    }
  }

  private void tidy(FileLocks.Key key, FileLocks file) {
    if (file.isEmpty()) {
      files.remove(key);
    }
  }

  private static void send(List<Answer> answers) {
    answers.forEach(answer -> answer.reply().finish(answer.result()));
  }
}
