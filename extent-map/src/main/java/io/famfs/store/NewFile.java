package io.famfs.store;

import io.famfs.core.Errno;
import io.famfs.core.extent.DeviceRange;
import io.famfs.store.alloc.Reservation;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.NamespaceWriter;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// The making of a file that grows: everybody who has the volume open in this process sees the file
/// from the start, and one log entry with its final size commits it. Until then nothing of it is on
/// the media but bytes in free space: when the process ends before, the file was never there.
///
/// A file that is new has a lock of its own. Whoever changes it holds the lock, and so does whoever
/// reads or writes its bytes while it is not [FileInode#isCommitted()]: the space of a file that is
/// given up, or that has to move, belongs to others at once. Order of locks: those of files, by
/// rising nodeid, then that of the writer inside the volume.
public final class NewFile {

  /// How far it has come.
  public enum State {
    /// It grows and can be committed or given up.
    MAKING,
    /// It is in the log; nothing changes any more.
    COMMITTED,
    /// It was given up; name and nodeid are free.
    ABANDONED
  }

  private final NewFiles files;
  private final FileInode inode;
  private Reservation space;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile State state = State.MAKING;
  private boolean spaceKept;

  /// Whether it must not move any more: a window has it mapped, or its memory cannot be copied.
  private boolean stays;

  /// Whether bytes behind the end of the file may be other than zero.
  private boolean tailUsed;

  /// Where it is remembered for another process.
  private int journalPlace = NewFileJournal.NOWHERE;

  NewFile(NewFiles files, FileInode inode, Reservation space) {
    this.files = files;
    this.inode = inode;
    this.space = space;
  }

  /// A file that another process has begun.
  NewFile(NewFiles files, FileInode inode, Reservation space, int journalPlace, boolean kept) {
    this(files, inode, space);
    this.journalPlace = journalPlace;
    spaceKept = kept;
    stays = kept;
    tailUsed = true;
  }

  /// Where it is remembered in the [NewFileJournal].
  public int journalPlace() {
    return journalPlace;
  }

  /// As it is remembered.
  NewFileJournal.Entry entry(List<DeviceRange> shown) {
    return new NewFileJournal.Entry(
        inode.path(),
        inode.nodeid(),
        new NewAttributes(inode.mode(), inode.uid(), inode.gid()),
        inode.sizeBytes(),
        shown,
        spaceKept,
        inode.isUnlinked());
  }

  void journalPlace(int place) {
    journalPlace = place;
  }

  private void setSize(long sizeBytes) {
    NamespaceWriter.setSize(inode, sizeBytes);
    files.journal().size(journalPlace, sizeBytes);
  }

  /// The file.
  public FileInode inode() {
    return inode;
  }

  /// Takes the lock; a thread may take it more than once.
  public void lock() {
    lock.lock();
  }

  /// Gives back the lock.
  public void unlock() {
    lock.unlock();
  }

  /// How far it has come; final while the caller holds the lock.
  public State state() {
    return state;
  }

  /// Gives the file another size. Bytes that come into sight read as zeros, also those that had
  /// been cut off; space of a file that becomes smaller stays with it until it is committed.
  ///
  /// The caller holds the lock, as in the calls that follow.
  ///
  /// @param sizeBytes the new size
  /// @throws StoreException EINVAL (a negative size), EFBIG (more than the devices hold), ENOSPC,
  ///   EIO (the memory cannot be written); ENOENT when the file was given up, EPERM when it was
  ///   committed, EBADF when the volume is closed. The size is as before
  public void resize(long sizeBytes) throws StoreException {
    checkMaking();
    if (sizeBytes < 0) {
      throw new StoreException(Errno.EINVAL, "'" + inode.path() + "': a size of " + sizeBytes);
    }
    long before = inode.sizeBytes();
    if (sizeBytes < before) {
      setSize(sizeBytes);
      tailUsed = true;
      files.zero(this, sizeBytes, before);
      tailUsed = spaceKept;
    } else if (sizeBytes > before) {
      grow(before, sizeBytes);
    }
  }

  private void grow(long before, long sizeBytes) throws StoreException {
    long shown = inode.extents().mappedBytes();
    if (tailUsed) {
      files.zero(this, before, Math.min(sizeBytes, shown));
    }
    if (sizeBytes > shown) {
      files.show(this, sizeBytes, Errno.EFBIG);
    }
    setSize(sizeBytes);
  }

  /// Takes space, zeroed, without changing the size.
  ///
  /// @param bytes from the start of the file
  /// @throws StoreException as [#resize], but ENOSPC whatever the number
  public void reserve(long bytes) throws StoreException {
    checkMaking();
    if (bytes < 0) {
      throw new StoreException(Errno.EINVAL, "'" + inode.path() + "': space for " + bytes);
    }
    if (bytes > inode.extents().mappedBytes()) {
      files.show(this, bytes, Errno.ENOSPC);
    }
  }

  /// Says that space of the file is about to be mapped by a window, or told to somebody who may map
  /// it: from now on the file does not move, what it has stays its own when it is committed with a
  /// smaller size, and stays taken when it is given up, until the volume is opened anew.
  public void keepSpace() {
    checkHeld();
    boolean told = spaceKept;
    spaceKept = true;
    stays = true;
    tailUsed = true;
    if (!told) {
      files.remember(this);
    }
  }

  /// Commits the file: writes its bytes back, gives back what it does not need, and appends its
  /// entry with the size, mode and owner that it has now. When the call returns a crash does not
  /// undo it. Does nothing when the file was committed before.
  ///
  /// @throws StoreException ENOENT when it was given up or has no name any more, EIO when memory or
  ///   log cannot be written or the log was written by somebody else, EBADF when the volume is
  ///   closed. The file is still new
  public void commit() throws StoreException {
    checkHeld();
    if (state == State.COMMITTED) {
      return;
    }
    checkMaking();
    if (inode.isUnlinked()) {
      throw new StoreException(Errno.ENOENT, "'" + inode.path() + "' was unlinked");
    }
    files.commit(this);
    state = State.COMMITTED;
  }

  /// Takes the name of the file away: nobody finds it by that any more, and it never goes into the
  /// log, but it can be used as before until it is given up. Until then its path cannot be made
  /// anew (EBUSY), for the path says which nodeid a file has. Does nothing when the name was taken
  /// away before.
  ///
  /// @throws IllegalStateException when it is committed or was given up
  public void unlink() {
    checkHeld();
    if (state != State.MAKING) {
      throw new IllegalStateException(inode + " is not being made");
    }
    if (!inode.isUnlinked()) {
      files.unlink(this);
    }
  }

  /// Gives the file up: name and nodeid are free, and so is its space unless a window may have it
  /// mapped. Does nothing when it was given up before.
  ///
  /// @throws IllegalStateException when it is committed: such a file stays
  public void abandon() {
    checkHeld();
    if (state == State.COMMITTED) {
      throw new IllegalStateException(inode + " is committed");
    }
    if (state == State.MAKING) {
      state = State.ABANDONED;
      files.abandon(this);
    }
  }

  Reservation space() {
    return space;
  }

  void move(Reservation to) {
    space = to;
  }

  boolean stays() {
    return stays;
  }

  void stay() {
    stays = true;
  }

  boolean spaceKept() {
    return spaceKept;
  }

  private void checkHeld() {
    if (!lock.isHeldByCurrentThread()) {
      throw new IllegalMonitorStateException("the lock of " + inode + " is not held");
    }
  }

  private void checkMaking() throws StoreException {
    checkHeld();
    switch (state) {
      case ABANDONED ->
          throw new StoreException(Errno.ENOENT, "'" + inode.path() + "' was given up");
      case COMMITTED ->
          throw new StoreException(
              Errno.EPERM, "'" + inode.path() + "' is in the log; its size is fixed");
      case MAKING -> files.checkAllowed();
    }
  }
}
