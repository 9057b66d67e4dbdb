package io.famfs.store;

import io.famfs.core.Errno;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.MediaText;
import io.famfs.store.alloc.Reservation;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.EntryPath;
import io.famfs.store.namespace.FileContent;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.NamespaceWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/// The files of a volume that are in the namespace and not in the log yet, and their space. Fields
/// are guarded by the lock of the [VolumeWriter] but for what readers find by nodeid.
final class NewFiles {
  /// How often space is taken when its memory turns out to be bad.
  private static final int ATTEMPTS = 4;

  private final VolumeWriter writer;
  private final LoadedVolume loaded;
  private final Condition started;

  /// Space of all of them, of those that are started, too, and where a file is moving to. The tails
  /// belong to whoever needs them.
  private final List<Reservation> spaces = new ArrayList<>();

  /// Paths whose first unit is being zeroed, by the nodeid that they will have.
  private final Map<Long, String> starting = new HashMap<>();

  private final ConcurrentHashMap<Long, NewFile> byNodeid = new ConcurrentHashMap<>();

  private volatile NewFileJournal journal = NewFileJournal.NONE;

  NewFiles(VolumeWriter writer, LoadedVolume loaded) {
    this.writer = writer;
    this.loaded = loaded;
    this.started = writer.lock().newCondition();
  }

  NewFileJournal journal() {
    return journal;
  }

  /// Notes a file as it is now.
  void remember(NewFile file) {
    long shown = file.inode().extents().mappedBytes();
    NewFileJournal.Entry entry = file.entry(ranges(file.space(), 0, shown));
    file.journalPlace(journal.put(file.journalPlace(), entry));
  }

  /// Goes on with the files of another process. What is not as it was left is given up: a name that
  /// is taken, space that others have.
  ///
  /// @param left by their places
  /// @return those that are gone
  List<String> keepIn(NewFileJournal kept, Map<Integer, NewFileJournal.Entry> left) {
    List<String> lost = new ArrayList<>();
    writer.lock().lock();
    try {
      journal = kept;
      left.forEach((place, entry) -> {
        boolean committed = loaded.namespace().namespace().find(entry.path()) != null;
        if (committed || !restore(place, entry)) {
          kept.remove(place);
          lost.addAll(committed ? List.of() : List.of(entry.path()));
        }
      });
    } finally {
      writer.lock().unlock();
    }
    return lost;
  }

  private boolean restore(int place, NewFileJournal.Entry entry) {
    byte[] name = MediaText.of(entry.path()).toBytes();
    EntryPath path = new EntryPath(name);
    DirectoryInode parent = loaded.namespace().parent(path);
    if (parent == null || loaded.namespace().nextNodeid(name) != entry.nodeid()) {
      return false;
    }
    Reservation space = Reservation.of(loaded.space(), entry.shown());
    if (space == null) {
      return false;
    }
    NewAttributes attributes = entry.attributes();
    FileInode inode =
        loaded
            .namespace()
            .makeFile(
                parent,
                path,
                new Inode.Attributes(attributes.mode(), attributes.uid(), attributes.gid(), -1),
                new FileContent(entry.sizeBytes(), map(entry.shown())));
    byNodeid.put(inode.nodeid(), new NewFile(this, inode, space, place, entry.spaceKept()));
    spaces.add(space);
    loaded.namespace().publish(inode, path);
    if (entry.unlinked()) {
      loaded.namespace().unlink(inode);
    }
    return true;
  }

  /// Where a new file goes.
  ///
  /// @param nodeid the identity it will have
  record Place(MediaText path, DirectoryInode parent, long nodeid) {}

  /// Number of slots of the log that these files will take. The caller holds the writer's lock, as
  /// in the calls that follow.
  int count() {
    return byNodeid.size() + starting.size();
  }

  /// Space that was taken in advance and that anybody can have.
  long tailBytes() {
    return spaces.stream().mapToLong(Reservation::tailBytes).sum();
  }

  /// Waits until no file is being started at a path, so that it is there or not.
  void awaitStarted(String path) {
    while (starting.containsValue(path)) {
      started.awaitUninterruptibly();
    }
  }

  /// Whether a file that is being started will have a nodeid.
  boolean isReserved(long nodeid) {
    return starting.containsKey(nodeid);
  }

  /// Makes all files give back space that they have taken in advance.
  ///
  /// @return whether there was any
  boolean giveBackTails() {
    boolean some = false;
    for (Reservation space : spaces) {
      some |= space.giveBackTail();
    }
    return some;
  }

  void checkAllowed() throws StoreException {
    writer.checkAllowed();
  }

  @Nullable NewFile find(FileInode file) {
    if (file.isCommitted()) {
      return null;
    }
    NewFile found = byNodeid.get(file.nodeid());
    return found != null && found.inode() == file ? found : null;
  }

  /// Something that takes space and accesses its memory.
  private interface Attempt<T> {
    T run() throws StoreException;
  }

  /// Tries again while memory turns out to be bad: it is known then, and other space is taken.
  private static <T> T tried(Attempt<T> attempt) throws StoreException {
    for (int left = ATTEMPTS; ; left--) {
      try {
        return attempt.run();
      } catch (StoreException e) {
        if (e.errno() != Errno.EIO || left == 1) {
          throw e;
        }
      }
    }
  }

  NewFile make(String path, NewAttributes attributes) throws StoreException {
    return tried(() -> makeOnce(path, attributes));
  }

  private NewFile makeOnce(String path, NewAttributes attributes) throws StoreException {
    Reservation space = new Reservation(loaded.space());
    Place place = start(path, space);
    boolean zeroed = false;
    try {
      writer.zero(ranges(space, 0, space.claimedBytes()));
      zeroed = true;
    } finally {
      if (!zeroed) {
        giveUp(place, space);
      }
    }
    return publish(place, space, attributes);
  }

  private Place start(String path, Reservation space) throws StoreException {
    writer.lock().lock();
    try {
      writer.checkAllowed();
      Place place = writer.place(path);
      writer.checkLogRoom();
      claim(path, space, 1);
      spaces.add(space);
      starting.put(place.nodeid(), path);
      return place;
    } finally {
      writer.lock().unlock();
    }
  }

  private void claim(String path, Reservation space, long bytes) throws StoreException {
    writer.placer().checkKnown(path);
    // The tail of the file itself is used up when others are asked, so all of them can be.
    if (!space.claim(bytes, this::giveBackTails)) {
      throw new StoreException(
          Errno.ENOSPC,
          "no space to make '" + path + "' " + bytes + " bytes long; the volume is full");
    }
  }

  private void giveUp(Place place, Reservation space) {
    writer.lock().lock();
    try {
      end(place);
      free(space);
    } finally {
      writer.lock().unlock();
    }
  }

  private void end(Place place) {
    starting.remove(place.nodeid());
    started.signalAll();
  }

  private void free(Reservation space) {
    spaces.remove(space);
    space.keep(0);
  }

  private NewFile publish(Place place, Reservation space, NewAttributes attributes)
      throws StoreException {
    writer.lock().lock();
    try {
      end(place);
      boolean allowed = false;
      try {
        writer.checkAllowed();
        allowed = true;
      } finally {
        if (!allowed) {
          free(space);
        }
      }
      EntryPath path = new EntryPath(place.path().toBytes());
      int mode = attributes.mode() & Inode.PERMISSION_BITS;
      FileInode inode =
          loaded
              .namespace()
              .makeFile(
                  place.parent(),
                  path,
                  new Inode.Attributes(mode, attributes.uid(), attributes.gid(), -1),
                  new FileContent(0, map(space.ranges(0, space.claimedBytes()))));
      NewFile made = new NewFile(this, inode, space);
      // Before readers see the file: those who find it find its making.
      byNodeid.put(inode.nodeid(), made);
      loaded.namespace().publish(inode, path);
      remember(made);
      return made;
    } finally {
      writer.lock().unlock();
    }
  }

  private static ExtentMap map(List<DeviceRange> ranges) {
    return ExtentMap.compile(new Fmap.Simple(ranges));
  }

  /// Zeroes bytes that the file has already. The caller holds the file's lock and not the writer's,
  /// as in the calls that follow.
  void zero(NewFile file, long from, long to) throws StoreException {
    if (from < to) {
      writer.zero(ranges(file.space(), from, to));
    }
  }

  private List<DeviceRange> ranges(Reservation space, long from, long to) {
    writer.lock().lock();
    try {
      return space.ranges(from, to);
    } finally {
      writer.lock().unlock();
    }
  }

  /// Shows more of a file: takes the space, zeroes it, and lets readers see it.
  ///
  /// @param bytes more than is shown
  /// @param beyond the error number for more than can ever be
  void show(NewFile file, long bytes, int beyond) throws StoreException {
    tried(() -> {
      showOnce(file, bytes, beyond);
      return file;
    });
  }

  private void showOnce(NewFile file, long bytes, int beyond) throws StoreException {
    FileInode inode = file.inode();
    Reservation elsewhere;
    writer.lock().lock();
    try {
      if (bytes > loaded.space().totalBytes()) {
        throw new StoreException(
            beyond, "'" + inode.path() + "': " + bytes + " bytes are more than the devices hold");
      }
      elsewhere = claim(file, bytes);
    } finally {
      writer.lock().unlock();
    }
    if (elsewhere != null) {
      move(file, elsewhere);
      return;
    }
    long shown = inode.extents().mappedBytes();
    long claimed = file.space().claimedBytes();
    boolean zeroed = false;
    try {
      writer.zero(ranges(file.space(), shown, claimed));
      zeroed = true;
    } finally {
      if (!zeroed) {
        keep(file.space(), shown);
      }
    }
    NamespaceWriter.setExtents(inode, map(ranges(file.space(), 0, claimed)));
    remember(file);
  }

  private void keep(Reservation space, long bytes) {
    writer.lock().lock();
    try {
      space.keep(bytes);
    } finally {
      writer.lock().unlock();
    }
  }

  /// Claims space where the file is, or else in one run elsewhere, or else in several.
  ///
  /// @return where the file has to move; null when it stays
  private @Nullable Reservation claim(NewFile file, long bytes) throws StoreException {
    String path = file.inode().path();
    writer.placer().checkKnown(path);
    if (file.space().claimInPlace(bytes)) {
      return null;
    }
    Reservation elsewhere = file.stays() ? null : file.space().elsewhere(bytes);
    if (elsewhere == null) {
      claim(path, file.space(), bytes);
    } else {
      spaces.add(elsewhere);
    }
    return elsewhere;
  }

  /// Moves a file to other space and shows all that is claimed of that.
  private void move(NewFile file, Reservation to) throws StoreException {
    FileInode inode = file.inode();
    long shown = inode.extents().mappedBytes();
    boolean moved = false;
    try {
      writer.zero(ranges(to, shown, to.claimedBytes()));
      DeviceRange target = ranges(to, 0, shown).getFirst();
      for (DeviceRange source : ranges(file.space(), 0, shown)) {
        writer.copy(source, target);
        target = behind(target, source.lengthBytes());
      }
      moved = true;
    } finally {
      if (!moved) {
        file.stay();
      }
      replace(file, moved ? to : file.space(), moved ? file.space() : to);
    }
  }

  private static DeviceRange behind(DeviceRange range, long bytes) {
    return new DeviceRange(
        range.daxdevIndex(), range.offset() + bytes, range.lengthBytes() - bytes);
  }

  /// Lets a file have its space, shown, and gives back other space.
  private void replace(NewFile file, Reservation kept, Reservation freed) {
    writer.lock().lock();
    try {
      if (kept != file.space()) {
        file.move(kept);
        NamespaceWriter.setExtents(file.inode(), map(kept.ranges(0, kept.claimedBytes())));
        remember(file);
      }
      free(freed);
    } finally {
      writer.lock().unlock();
    }
  }

  void commit(NewFile file) throws StoreException {
    FileInode inode = file.inode();
    long kept = file.spaceKept() ? inode.extents().mappedBytes() : Math.max(1, inode.sizeBytes());
    long unit = loaded.space().unitBytes();
    List<DeviceRange> ranges = ranges(file.space(), 0, Math.ceilDiv(kept, unit) * unit);
    writer.writeBack(ranges);
    writer.lock().lock();
    try {
      writer.checkAllowed();
      ExtentMap extents = map(ranges);
      long index =
          writer.append(
              MediaText.of(inode.path()),
              new NewAttributes(inode.mode(), inode.uid(), inode.gid()),
              new FileContent(inode.sizeBytes(), extents));
      NamespaceWriter.setExtents(inode, extents);
      NamespaceWriter.setCommitted(inode, index);
      // Not before: who finds a file neither new nor committed takes it to be gone.
      forget(file);
      file.space().keep(kept);
    } finally {
      writer.lock().unlock();
    }
  }

  void unlink(NewFile file) {
    writer.lock().lock();
    try {
      loaded.namespace().unlink(file.inode());
      remember(file);
    } finally {
      writer.lock().unlock();
    }
  }

  void abandon(NewFile file) {
    writer.lock().lock();
    try {
      loaded.namespace().remove(file.inode());
      forget(file);
      file.space().keep(file.spaceKept() ? file.space().claimedBytes() : 0);
    } finally {
      writer.lock().unlock();
    }
  }

  private void forget(NewFile file) {
    byNodeid.remove(file.inode().nodeid(), file);
    journal.remove(file.journalPlace());
    spaces.remove(file.space());
  }

  /// Commits every file that has a name and can be.
  ///
  /// @return why not, by path
  Map<String, StoreException> commitAll() {
    Map<String, StoreException> failures = new HashMap<>();
    for (NewFile file : List.copyOf(byNodeid.values())) {
      file.lock();
      try {
        if (file.state() == NewFile.State.MAKING && !file.inode().isUnlinked()) {
          file.commit();
        }
      } catch (StoreException e) {
        failures.put(file.inode().path(), e);
      } finally {
        file.unlock();
      }
    }
    return failures;
  }

  /// Gives up what is left.
  void abandonAll() {
    for (NewFile file : List.copyOf(byNodeid.values())) {
      file.lock();
      try {
        if (file.state() == NewFile.State.MAKING) {
          file.abandon();
        }
      } finally {
        file.unlock();
      }
    }
  }
}
