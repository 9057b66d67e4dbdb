package io.famfs.store;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.MediaFault;
import io.famfs.store.VolumeIdentity.Found;
import io.famfs.store.log.LogReader;
import io.famfs.store.namespace.Inode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Brings what others have appended to the log into the namespace of an open volume, look by look.
///
/// A look loads next index with acquire. Entries below it that are new are dropped from the cache,
/// copied to private memory, and applied from there, [LogReader#BLOCK_ENTRIES] at a time and each
/// time only after the superblock was found to be still that of the volume: what a new file system
/// on the same device holds never gets into this one.
///
/// An entry that is not whole is no fault at first: on memory that is not coherent between hosts,
/// next index may be visible before the entry it publishes. It is looked at again; when it stays so
/// for [#GRACE] and [#GRACE_LOOKS] looks, it counts as damaged like one that is found when the
/// volume is opened, and so do those behind it that were published by then and are not whole.
final class LogFollower {
  /// How long an entry, or the superblock, may be incomplete.
  static final Duration GRACE = Duration.ofSeconds(1);

  /// How often it is looked at in that time, at least.
  static final int GRACE_LOOKS = 10;

  private static final long GRACE_NANOS = GRACE.toNanos();
  private static final long IDENTITY_NANOS = Duration.ofMillis(100).toNanos();

  private static final FollowListener NOBODY = new FollowListener() {};

  private final DaxDevice device;
  private final LoadedVolume loaded;
  private final VolumeWriter writer;
  private final VolumeIdentity identity;
  private final LongSupplier nanoClock;
  private final ReentrantLock looking = new ReentrantLock();
  private final List<Inode> added = new ArrayList<>();
  private final Grace entryGrace = new Grace();
  private final Grace identityGrace = new Grace();
  private boolean creates;
  private final List<FollowListener> others = new CopyOnWriteArrayList<>();
  private FollowListener listener = NOBODY;
  private long identityAtNanos;
  private volatile FollowStatus status;

  /// Since when something has been incomplete.
  private final class Grace {
    private long sinceNanos;
    private int looks;

    /// The number of entries when it began.
    private long end;

    /// Whether the time is over.
    ///
    /// @param now entries in the log
    boolean over(long now) {
      if (looks == 0) {
        sinceNanos = nanoClock.getAsLong();
        end = now;
      }
      looks++;
      return looks >= GRACE_LOOKS && nanoClock.getAsLong() - sinceNanos >= GRACE_NANOS;
    }

    void reset() {
      looks = 0;
    }
  }

  LogFollower(DaxDevice device, LoadedVolume loaded, VolumeWriter writer, LongSupplier nanoClock) {
    this.device = device;
    this.loaded = loaded;
    this.writer = writer;
    this.nanoClock = nanoClock;
    this.creates = writer.refusal() == null;
    loaded.replay().tell(added::add);
    this.identity = new VolumeIdentity(device, loaded.superblock());
    long seen = loaded.replay().nextIndex();
    long pending = loaded.logHeader().nextIndex() - seen;
    this.status =
        pending == 0
            ? new FollowStatus(FollowState.CURRENT, seen, 0, "")
            : new FollowStatus(FollowState.WAITING, seen, pending, waitingFor(seen));
  }

  /// What the last look found.
  FollowStatus status() {
    return status;
  }

  /// Tells a listener from now on what becomes visible; one at a time.
  void listen(FollowListener to) {
    looking.lock();
    try {
      listener = to;
    } finally {
      looking.unlock();
    }
  }

  /// Tells one more.
  void alsoTell(FollowListener other) {
    others.add(other);
  }

  /// Ends following: no look touches the device any more when this returns.
  void close() {
    looking.lock();
    try {
      if (!status.state().stopped()) {
        become(FollowState.CLOSED, 0, "the volume is closed");
      }
    } finally {
      looking.unlock();
    }
  }

  /// Says that others write the log from now on.
  void letGo() {
    looking.lock();
    try {
      loaded.replay().skipTo(writer.nextIndex());
      creates = false;
    } finally {
      looking.unlock();
    }
  }

  /// Says that this program writes the log from now on, if it knows all of it.
  boolean takeUp() {
    looking.lock();
    try {
      boolean all = look().state() == FollowState.CURRENT;
      creates |= all;
      return all;
    } finally {
      looking.unlock();
    }
  }

  /// Looks once.
  FollowStatus look() {
    looking.lock();
    try {
      if (!status.state().stopped()) {
        lookReadable();
      }
    } catch (InternalError e) {
      // What the platform throws when mapped memory cannot be read.
      become(
          FollowState.DEVICE_UNREADABLE, 0, "the memory of " + device.name() + " is not readable");
    } finally {
      looking.unlock();
    }
    return status;
  }

  private void lookReadable() {
    long next;
    long seen;
    // Together, since this program may be appending.
    writer.lock().lock();
    try {
      next = loaded.log().loadNextIndex();
      seen = writer.nextIndex();
    } finally {
      writer.lock().unlock();
    }
    if (next == seen && status.state() == FollowState.CURRENT && !identityDue()) {
      return;
    }
    if (!stillOurs(next)) {
      return;
    }
    if (next < seen) {
      become(
          FollowState.LOG_CUT_BACK,
          0,
          "the log holds " + next + " entries where it held " + seen + "; open the volume anew");
    } else if (next > loaded.log().capacity()) {
      become(
          FollowState.LOG_DAMAGED,
          0,
          next + " entries in a log that holds " + loaded.log().capacity());
    } else if (creates && next != seen) {
      become(
          FollowState.WRITTEN_BY_ANOTHER,
          0,
          "the log of " + device.name() + " was written by another program; open the volume anew");
    } else {
      replayTo(next);
    }
  }

  private boolean identityDue() {
    return nanoClock.getAsLong() - identityAtNanos >= IDENTITY_NANOS;
  }

  /// Whether the volume is still there; while its superblock is incomplete, nothing is replayed.
  private boolean stillOurs(long next) {
    identityAtNanos = nanoClock.getAsLong();
    Found found = identity.look();
    if (found == Found.SAME) {
      identityGrace.reset();
      return true;
    }
    boolean gone = next < writer.nextIndex() || identityGrace.over(next);
    if (found == Found.OTHER) {
      become(
          FollowState.VOLUME_REPLACED,
          0,
          "a new file system was made on " + device.name() + "; open the volume anew");
    } else if (gone) {
      become(
          FollowState.VOLUME_REPLACED,
          0,
          "the superblock of " + device.name() + " is gone; open the volume anew");
    } else {
      become(FollowState.WAITING, 0, "the superblock of " + device.name() + " is incomplete");
    }
    return false;
  }

  private void replayTo(long next) {
    LogReader reader = loaded.reader();
    long seen = writer.nextIndex();
    while (seen < next) {
      reader.fetch(seen, next);
      if (!stillOurs(next)) {
        return;
      }
      long before = seen;
      boolean whole = replayFetched(next);
      tellAdded();
      seen = writer.nextIndex();
      if (seen > before) {
        entryGrace.reset();
      }
      if (status.state().stopped()) {
        return;
      }
      if (!whole) {
        become(FollowState.WAITING, next - seen, waitingFor(seen));
        return;
      }
    }
    entryGrace.reset();
    become(FollowState.CURRENT, 0, "");
  }

  /// Applies what was fetched.
  ///
  /// @return false when an entry is to be waited for
  private boolean replayFetched(long next) {
    LogReplay replay = loaded.replay();
    writer.lock().lock();
    try {
      MediaFault damage = replay.replayFetched();
      boolean given = false;
      while (damage != null
          && (given || entryGrace.over(next))
          && replay.nextIndex() < entryGrace.end) {
        given = true;
        replay.leaveOut(damage);
        damage = replay.replayFetched();
      }
      writer.setNextIndex(replay.nextIndex());
      return damage == null;
    } finally {
      writer.lock().unlock();
    }
  }

  private void tellAdded() {
    try {
      added.forEach(listener::added);
      for (FollowListener other : others) {
        added.forEach(other::added);
      }
    } catch (RuntimeException e) {
      failed(e);
    } finally {
      added.clear();
    }
  }

  private void become(FollowState state, long pending, String reason) {
    FollowStatus now = new FollowStatus(state, writer.nextIndex(), pending, reason);
    FollowStatus before = status;
    status = now;
    if (before.state() != state) {
      try {
        listener.changed(now);
        others.forEach(other -> other.changed(now));
      } catch (RuntimeException e) {
        failed(e);
      }
    }
  }

  private void failed(RuntimeException e) {
    status =
        new FollowStatus(
            FollowState.LISTENER_FAILED, writer.nextIndex(), 0, "a listener threw " + e);
  }

  private static String waitingFor(long index) {
    return "entry " + index + " is not complete yet";
  }
}
