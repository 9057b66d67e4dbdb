package io.famfs.fuse.server;

import io.famfs.core.Errno;
import io.famfs.fuse.lock.HeldLock;
import io.famfs.fuse.lock.LockClient;
import io.famfs.fuse.lock.LockImage;
import io.famfs.fuse.lock.LockKind;
import io.famfs.fuse.lock.LockOwner;
import io.famfs.fuse.lock.LockRange;
import io.famfs.fuse.lock.LockReply;
import io.famfs.fuse.lock.LockRequest;
import io.famfs.fuse.lock.LockTable;
import io.famfs.fuse.lock.LockType;
import io.famfs.fuse.protocol.FlushIn;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.InterruptIn;
import io.famfs.fuse.protocol.LkIn;
import io.famfs.fuse.protocol.LkOut;
import io.famfs.fuse.protocol.ReleaseIn;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The locks of one connection: requests for locks, and the ends of those who have them.
///
/// When Linux lets go of locks (`fs/fuse/file.c`): record locks at every close of a descriptor, by
/// FLUSH with the owner; whole-file locks at the last close of an open file, by RELEASE with a flag
/// and the owner; all of them when the connection ends.
final class SessionLocks {
  private static final LockType[] TYPES = {LockType.READ, LockType.WRITE, LockType.NONE};
  private static final int UNLOCK = 2;

  /// A client that gives up on requests ends its whole connection when one is too old, which it
  /// notices late (`fuse_check_timeout`). A wait ends before that.
  private static final double SHARE_OF_TIMEOUT = 0.75;

  private final FuseFileSystem files;
  private final LockTable table;
  private final LockPolicy policy;
  private final int timeoutSeconds;
  private volatile LockClient client = new LockClient();

  SessionLocks(FuseFileSystem files, LockTable table, ClientOptions options) {
    this.files = files;
    this.table = table;
    policy = options.locks();
    timeoutSeconds = options.timeoutSeconds();
  }

  boolean accepted() {
    return policy != LockPolicy.NONE;
  }

  /// INIT, DESTROY or the end of the connection: nothing that was taken before stays.
  ///
  /// @param forGood whether nothing can be taken any more
  void end(boolean forGood) {
    LockClient old = client;
    if (!forGood) {
      client = new LockClient();
    }
    table.close(old);
  }

  /// INIT: the client has a number from now on.
  void begin(long id) {
    client.id(id);
  }

  /// Goes on with a client of another process, and its locks.
  void resume(long id) {
    client = table.resume(id);
  }

  /// The locks the client has.
  List<LockRequest> held() {
    return table.locksOf(client);
  }

  /// Gives a client of another server its locks.
  ///
  /// @param wanted by number of that client, in whose name each is asked for
  /// @return those that others are in the way of; they are not set
  List<LockRequest> takeAgain(long id, List<LockImage> wanted) {
    LockClient next = table.resume(id);
    client = next;
    return table.takeAgain(wanted.stream().map(lock -> lock.request(next)).toList());
  }

  /// GETLK: the first lock that is in the way, or that none is.
  int getlk(Request request) {
    LockRequest wanted = decode(request);
    if (wanted == null) {
      return refusal(request);
    }
    HeldLock found = table.conflict(wanted);
    MemorySegment out = request.out();
    if (found == null) {
      int type = request.abi().nativeLockType(UNLOCK);
      LkOut.range(out, Request.BODY, wanted.range().first(), wanted.range().last());
      LkOut.holder(out, Request.BODY, type, 0);
      return LkOut.BYTES;
    }
    // The numbers of another kernel's processes would name others here.
    int pid = found.owner().client() == wanted.owner().client() ? found.pid() : 0;
    int type = request.abi().nativeLockType(found.type() == LockType.READ ? 0 : 1);
    LkOut.range(out, Request.BODY, found.range().first(), found.range().last());
    LkOut.holder(out, Request.BODY, type, pid);
    return LkOut.BYTES;
  }

  /// SETLK.
  int setlk(Request request) {
    LockRequest wanted = decode(request);
    return wanted == null ? refusal(request) : table.set(wanted);
  }

  /// SETLKW: answered later when the lock cannot be had now. A client that asks again, because it
  /// was told to, asks for the answer to a request that may be waiting already.
  int setlkw(Request request) {
    LockRequest wanted = decode(request);
    if (wanted == null) {
      return refusal(request);
    }
    LockClient owner = wanted.owner().client();
    long unique = request.plainUnique();
    int result = request.resent() ? table.again(owner, unique, () -> keep(request, owner)) : 0;
    if (result == 0) {
      result = table.await(wanted, unique, () -> keep(request, owner));
    }
    return result == LockTable.WAITING ? Operation.LATER : result;
  }

  private @Nullable LockReply keep(Request request, LockClient owner) {
    DeferredReply target = request.exchange().defer();
    if (target == null) {
      return null;
    }
    ParkedReply reply = new ParkedReply(request, target);
    if (request.connection().has(InitFlag.REQUEST_TIMEOUT)) {
      long unique = request.plainUnique();
      long limitMillis = (long) (TimeUnit.SECONDS.toMillis(timeoutSeconds) * SHARE_OF_TIMEOUT);
      reply.limit(
          ForkJoinPool.commonPool()
              .schedule(
                  () -> table.end(owner, unique, -Errno.ENOLCK),
                  limitMillis,
                  TimeUnit.MILLISECONDS));
    }
    return reply;
  }

  /// INTERRUPT: a request that waits for a lock ends with EINTR. Others are answered soon anyway.
  int interrupt(Request request) {
    table.interrupt(client, Request.plain(InterruptIn.unique(request.in(), Request.ARGUMENTS)));
    return 0;
  }

  /// FLUSH: a process has closed a descriptor of the file, which ends all its record locks there.
  void flushed(Request request) {
    LockClient own = client;
    if (!own.holdsNone()) {
      long owner = FlushIn.lockOwner(request.in(), Request.ARGUMENTS);
      release(request, LockKind.RECORD, new LockOwner(own, owner));
    }
  }

  /// RELEASE: an open file is closed, which ends its lock of the whole file.
  void released(Request request) {
    LockClient own = client;
    int flags = ReleaseIn.releaseFlags(request.in(), Request.ARGUMENTS);
    if (!own.holdsNone() && (flags & ReleaseIn.FLOCK_UNLOCK) != 0) {
      long owner = ReleaseIn.lockOwner(request.in(), Request.ARGUMENTS);
      release(request, LockKind.WHOLE, new LockOwner(own, owner));
    }
  }

  private void release(Request request, LockKind kind, LockOwner owner) {
    int _ =
        table.set(new LockRequest(request.nodeid(), kind, owner, LockRange.ALL, LockType.NONE, 0));
  }

  /// What a client asks for; null when it cannot be.
  private @Nullable LockRequest decode(Request request) {
    MemorySegment in = request.in();
    int lock = Request.ARGUMENTS + LkIn.LOCK_OFFSET;
    int type = request.abi().canonicalLockType(LkOut.type(in, lock));
    long first = LkOut.start(in, lock);
    long last = LkOut.end(in, lock);
    int flags = LkIn.lkFlags(in, Request.ARGUMENTS);
    boolean legal = type >= 0 && first >= 0 && last >= first && (flags & ~LkIn.FLOCK) == 0;
    if (policy != LockPolicy.SERVER || !legal || misread(request, type) || file(request) < 0) {
      return null;
    }
    boolean whole = flags == LkIn.FLOCK;
    return new LockRequest(
        request.nodeid(),
        whole ? LockKind.WHOLE : LockKind.RECORD,
        new LockOwner(client, LkIn.owner(in, Request.ARGUMENTS)),
        whole ? LockRange.ALL : new LockRange(first, last),
        TYPES[type],
        LkOut.pid(in, lock));
  }

  private int file(Request request) {
    return files.lockable(request, LkIn.fh(request.in(), Request.ARGUMENTS));
  }

  /// Whether a client of unknown architecture may mean something else: what most call F_UNLCK is
  /// F_WRLCK on a few. Linux names no process when it gives a lock back.
  private static boolean misread(Request request, int type) {
    boolean named = LkOut.pid(request.in(), Request.ARGUMENTS + LkIn.LOCK_OFFSET) != 0;
    return !request.abi().known() && type == UNLOCK && named;
  }

  private int refusal(Request request) {
    if (policy != LockPolicy.SERVER) {
      return -Errno.ENOLCK;
    }
    int file = file(request);
    if (file < 0) {
      return file;
    }
    int type = LkOut.type(request.in(), Request.ARGUMENTS + LkIn.LOCK_OFFSET);
    int canonical = request.abi().canonicalLockType(type);
    return canonical >= 0 && misread(request, canonical) ? -Errno.ENOLCK : -Errno.EINVAL;
  }
}
