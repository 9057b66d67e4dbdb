package io.famfs.store;

import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.LogEntry;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.core.format.MediaText;
import io.famfs.core.format.PathRules;
import io.famfs.core.format.Superblock;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileContent;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The one writer of an open volume: everything that changes log, namespace or space goes through
/// here, one change at a time. Zeroing and writing back file data happens outside the lock.
final class VolumeWriter {
  /// Copied at once: stays in the cache of a processor.
  private static final int COPY_BYTES = 256 * 1024;

  private final DaxDevice device;
  private final VolumeDevices devices;
  private final LoadedVolume loaded;
  private final Placer placer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, FileCreation> inTheMaking = new HashMap<>();
  private final Map<Long, String> reservedNodeids = new HashMap<>();
  private final NewFiles newFiles;
  private volatile @Nullable StoreException refusal;
  private volatile @Nullable StoreException badMetadata;
  private volatile @Nullable BadMemory badMemory;
  private long nextIndex;

  /// A writer.
  ///
  /// @param refusal why nothing may be created, null when it may
  VolumeWriter(LoadedVolume loaded, @Nullable StoreException refusal) {
    this.devices = loaded.devices();
    this.device = devices.primary();
    this.loaded = loaded;
    this.newFiles = new NewFiles(this, loaded);
    this.placer = new Placer(loaded.space(), newFiles::giveBackTails);
    this.refusal = refusal;
    this.nextIndex = loaded.replay().nextIndex();
  }

  @Nullable StoreException refusal() {
    StoreException other = refusal;
    return other == null ? badMetadata : other;
  }

  /// Creates nothing from now on, or again; the caller knows what the log holds then.
  ///
  /// @param reason null when it may be created
  void refuse(@Nullable StoreException reason) {
    lock.lock();
    try {
      refusal = reason;
    } finally {
      lock.unlock();
    }
  }

  /// Says whether superblock or log lie on bad memory: nothing is created while they do.
  void badMetadata(@Nullable StoreException reason) {
    badMetadata = reason;
  }

  /// Says who looks at file data that could not be accessed.
  void badMemory(BadMemory looker) {
    badMemory = looker;
  }

  private StoreException inaccessible(DeviceRange range, InternalError cause) {
    BadMemory looker = badMemory;
    if (looker != null) {
      looker.suspect(range.daxdevIndex(), range.offset(), range.lengthBytes());
    }
    return unwritable(devices.get(range.daxdevIndex()), cause);
  }

  /// Held by whoever changes log, namespace or space.
  ReentrantLock lock() {
    return lock;
  }

  /// Files that are still new.
  NewFiles newFiles() {
    return newFiles;
  }

  Placer placer() {
    return placer;
  }

  /// Number of entries of the log that are in the namespace or left out because of a fault.
  long nextIndex() {
    lock.lock();
    try {
      return nextIndex;
    } finally {
      lock.unlock();
    }
  }

  /// Says that entries of others were replayed. The caller holds [#lock()].
  void setNextIndex(long index) {
    nextIndex = index;
  }

  VolumeUsage usage() {
    lock.lock();
    try {
      return loaded.usage(nextIndex, newFiles.tailBytes());
    } finally {
      lock.unlock();
    }
  }

  FileCreation create(String path, long sizeBytes, NewAttributes attributes, Placement placement)
      throws StoreException {
    FileCreation creation;
    lock.lock();
    try {
      checkAllowed();
      NewFiles.Place place = place(path);
      if (sizeBytes < 0) {
        throw new StoreException(Errno.EINVAL, "'" + path + "': a size of " + sizeBytes);
      }
      checkLogRoom();
      ExtentMap extents = ExtentMap.compile(placer.place(path, sizeBytes, placement));
      creation =
          new FileCreation(
              this,
              new FileCreation.Target(place.path(), place.parent(), place.nodeid(), attributes),
              new FileContent(sizeBytes, extents));
      inTheMaking.put(path, creation);
      reservedNodeids.put(place.nodeid(), path);
    } finally {
      lock.unlock();
    }
    boolean zeroed = false;
    try {
      zero(creation.ranges());
      zeroed = true;
    } finally {
      if (!zeroed) {
        abandon(creation);
      }
    }
    return creation;
  }

  /// Zeroes file data. The caller does not hold the lock.
  void zero(List<DeviceRange> ranges) throws StoreException {
    for (DeviceRange range : ranges) {
      DaxDevice on = devices.get(range.daxdevIndex());
      try {
        on.zero(range.offset(), range.lengthBytes());
      } catch (InternalError e) {
        throw inaccessible(range, e);
      }
    }
  }

  /// Copies file data to the start of a range that is not shorter. The caller does not hold the
  /// lock.
  void copy(DeviceRange from, DeviceRange to) throws StoreException {
    DaxDevice source = devices.get(from.daxdevIndex());
    DaxDevice target = devices.get(to.daxdevIndex());
    MemorySegment piece = MemorySegment.ofArray(new byte[COPY_BYTES]);
    try {
      for (long done = 0; done < from.lengthBytes(); done += COPY_BYTES) {
        long bytes = Math.min(COPY_BYTES, from.lengthBytes() - done);
        MemorySegment.copy(source.memory(), from.offset() + done, piece, 0, bytes);
        target.store(piece.asSlice(0, bytes), to.offset() + done);
      }
    } catch (InternalError e) {
      StoreException lost = inaccessible(from, e);
      lost.addSuppressed(inaccessible(to, e));
      throw lost;
    }
  }

  /// Writes file data back. The caller does not hold the lock.
  void writeBack(List<DeviceRange> ranges) throws StoreException {
    for (DeviceRange range : ranges) {
      DaxDevice on = devices.get(range.daxdevIndex());
      try {
        on.writeBack(range.offset(), range.lengthBytes());
      } catch (InternalError e) {
        throw inaccessible(range, e);
      }
    }
  }

  private void checkOpen(FileCreation creation) throws StoreException {
    if (creation.over()) {
      throw new StoreException(
          Errno.EBADF, "'" + creation.path() + "' was committed or closed already");
    }
    checkAllowed();
  }

  DirectoryInode mkdir(String path, NewAttributes attributes) throws StoreException {
    lock.lock();
    try {
      checkAllowed();
      NewFiles.Place place = place(path);
      checkLogRoom();
      int mode = attributes.mode() & Inode.PERMISSION_BITS;
      long index = nextIndex;
      append(
          new LogEntry.MkdirEntry(
              index, 0, place.path(), attributes.uid(), attributes.gid(), mode));
      loaded.counts().directories++;
      return loaded
          .namespace()
          .addDirectory(
              place.parent(),
              place.path().toBytes(),
              new Inode.Attributes(mode, attributes.uid(), attributes.gid(), index));
    } finally {
      lock.unlock();
    }
  }

  /// Adds a device: its superblock is written back before the log names it.
  void addDevice(DaxDevice added, boolean force) throws StoreException {
    lock.lock();
    try {
      checkAllowed();
      checkLogRoom();
      SecondaryFormat format = new SecondaryFormat(added, force);
      format.check();
      if (devices.isMember(added)) {
        throw new StoreException(
            Errno.EBUSY, added.name() + " is a device of this famfs already, with its files");
      }
      if (devices.count() == VolumeDevices.MAX_DEVICES) {
        throw new StoreException(
            Errno.ENOSPC, "a famfs has at most " + VolumeDevices.MAX_DEVICES + " devices");
      }
      Superblock written = format.write(loaded.superblock());
      LogEntry.AddDaxdevEntry entry = SecondaryFormat.entry(nextIndex, written, devices.count());
      append(entry);
      devices.offer(added, written);
      loaded.replay().placeDevice(entry);
    } catch (InternalError e) {
      throw unwritable(added, e);
    } finally {
      lock.unlock();
    }
  }

  FileInode commit(FileCreation creation) throws StoreException {
    writeBack(creation.ranges());
    lock.lock();
    try {
      checkOpen(creation);
      FileInode made = publish(creation.target(), creation.content());
      forget(creation);
      return made;
    } finally {
      lock.unlock();
    }
  }

  FileInode crossLink(String path, FileInode source) throws StoreException {
    lock.lock();
    try {
      checkAllowed();
      if (!source.isCommitted()) {
        throw new StoreException(Errno.EBUSY, "'" + source.path() + "' is not in the log yet");
      }
      NewFiles.Place place = place(path);
      checkLogRoom();
      NewAttributes attributes = new NewAttributes(source.mode(), source.uid(), source.gid());
      return publish(
          new FileCreation.Target(place.path(), place.parent(), place.nodeid(), attributes),
          new FileContent(source.sizeBytes(), source.extents()));
    } finally {
      lock.unlock();
    }
  }

  private FileInode publish(FileCreation.Target target, FileContent content) throws StoreException {
    NewAttributes attributes = target.attributes();
    int mode = attributes.mode() & Inode.PERMISSION_BITS;
    long index = append(target.path(), attributes, content);
    return loaded
        .namespace()
        .addFile(
            target.parent(),
            target.path().toBytes(),
            new Inode.Attributes(mode, attributes.uid(), attributes.gid(), index),
            content);
  }

  /// Appends the entry of a file, whose data is written back. The caller holds the lock.
  ///
  /// @return its slot
  long append(MediaText path, NewAttributes attributes, FileContent content) throws StoreException {
    long index = nextIndex;
    append(
        new LogEntry.FileEntry(
            index,
            0,
            path,
            content.sizeBytes(),
            LogEntryLayout.FLAGS_ALL_HOSTS_READ_WRITE,
            attributes.uid(),
            attributes.gid(),
            attributes.mode() & Inode.PERMISSION_BITS,
            content.extents().fmap()));
    loaded.counts().files++;
    return index;
  }

  void abandon(FileCreation creation) {
    lock.lock();
    try {
      if (!creation.over()) {
        forget(creation);
        creation.ranges().forEach(loaded.space()::release);
      }
    } finally {
      lock.unlock();
    }
  }

  void close() {
    newFiles.abandonAll();
    lock.lock();
    try {
      List.copyOf(inTheMaking.values()).forEach(this::abandon);
      if (refusal == null) {
        refusal = new StoreException(Errno.EBADF, "the volume is closed");
      }
    } finally {
      lock.unlock();
    }
  }

  private void forget(FileCreation creation) {
    creation.end();
    inTheMaking.remove(creation.path());
    reservedNodeids.remove(creation.nodeid());
  }

  private void append(LogEntry entry) throws StoreException {
    boolean appended = false;
    try {
      if (loaded.log().loadNextIndex() != nextIndex) {
        throw new StoreException(
            Errno.EIO,
            "the log of "
                + device.name()
                + " was written by another program; nothing more is created until the volume is"
                + " opened anew");
      }
      loaded.log().append(entry);
      nextIndex++;
      appended = true;
    } catch (InternalError e) {
      throw unwritable(device, e);
    } finally {
      if (!appended) {
        // How much of the entry reached the media is not known.
        refusal =
            new StoreException(
                Errno.EIO, "an earlier change of the log failed; open the volume anew");
      }
    }
  }

  private static StoreException unwritable(DaxDevice device, InternalError cause) {
    StoreException unwritable =
        new StoreException(Errno.EIO, "the memory of " + device.name() + " cannot be written");
    unwritable.initCause(cause);
    return unwritable;
  }

  void checkAllowed() throws StoreException {
    StoreException reason = refusal();
    if (reason != null) {
      throw new StoreException(reason.errno(), String.valueOf(reason.getMessage()));
    }
  }

  void checkLogRoom() throws StoreException {
    // A file in the making has its slot, so that its commit does not fail for want of one.
    if (nextIndex + inTheMaking.size() + newFiles.count() >= loaded.log().capacity()) {
      throw new StoreException(
          Errno.ENOSPC,
          "the log is full: all "
              + loaded.log().capacity()
              + " entries are in use; make the volume anew with a longer log");
    }
  }

  /// Where a new path goes, if it is a path and free. The caller holds the lock, which is given up
  /// while a file is being started there.
  NewFiles.Place place(String path) throws StoreException {
    MediaText text = checkedPath(path);
    newFiles.awaitStarted(path);
    checkAllowed();
    int slash = path.lastIndexOf('/');
    String parentPath = slash < 0 ? "" : path.substring(0, slash);
    Namespace namespace = loaded.namespace().namespace();
    if (!(namespace.find(parentPath) instanceof DirectoryInode parent)) {
      boolean file = namespace.passesFile(parentPath);
      throw new StoreException(
          file ? Errno.ENOTDIR : Errno.ENOENT,
          "'" + parentPath + "' " + (file ? "is not a directory" : "does not exist"));
    }
    if (namespace.find(path) != null) {
      throw new StoreException(Errno.EEXIST, "'" + path + "' exists");
    }
    long nodeid = loaded.namespace().nextNodeid(text.toBytes());
    if (inTheMaking.containsKey(path)
        || reservedNodeids.containsKey(nodeid)
        || newFiles.isReserved(nodeid)
        || loaded.namespace().dependsOnNewFile(text.toBytes())) {
      throw new StoreException(Errno.EBUSY, "'" + path + "' is being created");
    }
    return new NewFiles.Place(text, parent, nodeid);
  }

  private static MediaText checkedPath(String path) throws StoreException {
    MediaText text;
    try {
      text = MediaText.of(path);
    } catch (IllegalArgumentException e) {
      StoreException refused =
          new StoreException(Errno.EINVAL, "a path is Unicode text without NUL");
      refused.initCause(e);
      throw refused;
    }
    Rule broken = PathRules.firstBroken(text);
    if (broken != null) {
      int errno = broken == Rule.PATH_UNTERMINATED ? Errno.ENAMETOOLONG : Errno.EINVAL;
      throw new StoreException(errno, "the path '" + path + "' " + PathRules.explain(broken));
    }
    return text;
  }
}
