package io.famfs.store;

import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.core.MemoryRange;
import io.famfs.core.Role;
import io.famfs.core.format.FormatVersion.Support;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.health.BadRanges;
import io.famfs.store.health.RangeSet;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Namespace;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A famfs volume over its devices: the front door of the store.
///
/// [#namespace()], [#memory(int)] and what they lead to are for any number of threads, without
/// locks. Creating is serialized inside. The devices stay the caller's: closing the volume does not
/// close them, and they must outlive it.
///
/// The log must not be written by anybody else while a volume is open for creating; when it was,
/// the next change is refused.
public final class Volume implements AutoCloseable {
  private static final long TAKE_UP_NANOS = 3_000_000_000L;
  private static final long TAKE_UP_LOOK_NANOS = 20_000_000;

  private final VolumeDevices devices;
  private final LoadedVolume loaded;
  private volatile Role role;
  private final VolumeWriter writer;
  private final LogFollower follower;
  private final BadMemory badMemory;
  private final AtomicReference<@Nullable Following> following = new AtomicReference<>();

  private Volume(LoadedVolume loaded, OpenOptions options, LongSupplier nanoClock) {
    this.devices = loaded.devices();
    this.loaded = loaded;
    this.role = Role.of(options.systemUuid(), loaded.superblock().systemUuid());
    DaxDevice device = devices.primary();
    this.writer = new VolumeWriter(loaded, refusal(device, loaded.superblock(), options));
    this.follower = new LogFollower(device, loaded, writer, nanoClock);
    this.badMemory = new BadMemory(loaded, writer, options.stateDirectory());
    badMemory.refresh();
  }

  /// Makes an empty volume and opens it for its owner.
  ///
  /// A crash on the way never leaves something that passes for a volume: the superblock becomes
  /// valid last.
  ///
  /// @param devices the primary device first; the others are added to it in their order
  /// @throws StoreException when a device is read-only (EROFS), too small (ENOSPC) or holds a famfs
  ///   and force was not given (EEXIST), or the length of the log is no length (EINVAL); nothing
  ///   has been written then. Or when its memory cannot be accessed (EIO)
  /// @throws MediaException when what was written cannot be read back
  public static Volume format(List<? extends DaxDevice> devices, FormatOptions options)
      throws StoreException, MediaException {
    if (devices.isEmpty() || devices.size() > VolumeDevices.MAX_DEVICES) {
      throw new StoreException(
          Errno.EINVAL, devices.size() + " devices: name 1 to " + VolumeDevices.MAX_DEVICES);
    }
    DaxDevice device = devices.getFirst();
    VolumeFormat format = new VolumeFormat(devices, options);
    try {
      format.check();
      format.write();
    } catch (InternalError e) {
      // What the platform throws when mapped memory cannot be accessed.
      StoreException unwritable =
          new StoreException(Errno.EIO, "the memory of " + device.name() + " cannot be written");
      unwritable.initCause(e);
      throw unwritable;
    }
    return open(devices, OpenOptions.forHost(options.systemUuid()));
  }

  /// Makes an end of the volume on a device: its superblock loses its magic number, so that nobody
  /// takes it for a volume any more. Asks neither for the owner nor for the state of the volume.
  ///
  /// @return false when there was no such magic number
  /// @throws StoreException when the device is read-only (EROFS) or too small for a superblock
  ///   (ENOSPC)
  public static boolean destroy(DaxDevice device) throws StoreException {
    if (!device.writable()) {
      throw new StoreException(Errno.EROFS, device.name() + " is read-only");
    }
    if (device.sizeBytes() < SuperblockLayout.BYTES) {
      throw new StoreException(Errno.ENOSPC, device.name() + " has no room for a superblock");
    }
    return VolumeFormat.destroy(device);
  }

  /// Opens a volume: superblock, log header and every entry are checked, the entries replayed.
  ///
  /// Version 48 is opened as the options say, version 47 with OMF 2 for reading. Entries that break
  /// a rule are left out and reported by [#report()].
  ///
  /// A device that the log names and that is not among those given is missing: it is reported,
  /// files that have space on it cannot be reached ([#isReachable]), all others are usable.
  ///
  /// @param devices the primary device and those added to it, in any order
  /// @throws StoreException EINVAL when no device is a primary one, or several are, or one is not a
  ///   device of the volume
  /// @throws MediaException when superblock or log header break a rule; nothing is written
  public static Volume open(List<? extends DaxDevice> devices, OpenOptions options)
      throws StoreException, MediaException {
    return open(devices, options, System::nanoTime);
  }

  /// The same with a clock that says when the time of grace is over.
  static Volume open(List<? extends DaxDevice> devices, OpenOptions options, LongSupplier nanoClock)
      throws StoreException, MediaException {
    boolean reads = options.readOnly();
    VolumeDevices told = VolumeDevices.of(devices);
    ReplayEvent event = new ReplayEvent();
    event.begin();
    LoadedVolume loaded =
        new VolumeLoader(told)
            .load(superblock ->
                !reads && Role.of(options.systemUuid(), superblock.systemUuid()) == Role.MASTER);
    event.finish(loaded);
    List<DaxDevice> strangers = told.strangers();
    if (!strangers.isEmpty()) {
      throw new StoreException(
          Errno.EINVAL,
          strangers.getFirst().name()
              + " is not a device of the famfs "
              + loaded.superblock().fsUuid()
              + "; leave it out, or add it with 'famfs devadd'");
    }
    return new Volume(loaded, options, nanoClock);
  }

  private static @Nullable StoreException refusal(
      DaxDevice device, Superblock superblock, OpenOptions options) {
    if (options.readOnly()) {
      return new StoreException(Errno.EROFS, "the volume was opened for reading only");
    }
    if (!device.writable()) {
      return new StoreException(Errno.EROFS, device.name() + " is read-only");
    }
    if (superblock.version().support() != Support.READ_WRITE) {
      return new StoreException(
          Errno.EROFS,
          "a volume of version " + superblock.version() + " is only read; make a new one to write");
    }
    if (superblock.allocUnitBytes() != SuperblockLayout.ALLOC_UNIT_BYTES) {
      return new StoreException(
          Errno.EROFS,
          "a volume with an allocation unit of "
              + superblock.allocUnitBytes()
              + " bytes is only read; make a new one to write");
    }
    if (options.systemUuid() == null) {
      return new StoreException(
          Errno.EPERM,
          "the volume is followed here; create where its owner has it open, on the host "
              + superblock.systemUuid());
    }
    if (Role.of(options.systemUuid(), superblock.systemUuid()) != Role.MASTER) {
      return new StoreException(
          Errno.EPERM,
          "this host ("
              + options.systemUuid()
              + ") does not own the volume; create on the host "
              + superblock.systemUuid());
    }
    return null;
  }

  /// The superblock.
  public Superblock superblock() {
    return loaded.superblock();
  }

  /// What this host may do.
  public Role role() {
    return role;
  }

  /// Whether files and directories can be created here, space permitting.
  public boolean canCreate() {
    return writer.refusal() == null;
  }

  /// Files and directories.
  public Namespace namespace() {
    return loaded.namespace().namespace();
  }

  /// Number of devices, missing ones included.
  public int deviceCount() {
    return devices.count();
  }

  /// The device with a daxdev index; one that is missing has no memory.
  ///
  /// @throws IndexOutOfBoundsException unless `0 <= daxdevIndex < deviceCount()`
  public DaxDevice device(int daxdevIndex) {
    return devices.get(daxdevIndex);
  }

  /// Whether a device is missing.
  public boolean isMissing(int daxdevIndex) {
    return devices.isMissing(daxdevIndex);
  }

  /// The uuid by which a device is known on every host.
  ///
  /// @throws IndexOutOfBoundsException unless `0 <= daxdevIndex < deviceCount()`
  public UUID deviceUuid(int daxdevIndex) {
    return devices.uuid(daxdevIndex);
  }

  /// Whether all of a file's space is on devices that are there. Costs nothing when none is
  /// missing.
  public boolean isReachable(FileInode file) {
    return devices.allPresent() || isReachable(file.extents());
  }

  private boolean isReachable(ExtentMap extents) {
    for (int i = 0; i < extents.rangeCount(); i++) {
      if (devices.isMissing(extents.rangeDaxdevIndex(i))) {
        return false;
      }
    }
    return true;
  }

  /// The memory of the device with a daxdev index; empty when it is missing.
  ///
  /// @throws IndexOutOfBoundsException unless `0 <= daxdevIndex < deviceCount()`
  public MemorySegment memory(int daxdevIndex) {
    return devices.get(daxdevIndex).memory();
  }

  /// The further device of a volume that a device is, whoever's: its superblock, when it is sound.
  /// Null for everything else, a primary device too.
  ///
  /// @throws StoreException EIO when the memory cannot be read
  public static @Nullable Superblock identify(DaxDevice device) throws StoreException {
    return VolumeDevices.secondary(device);
  }

  /// Adds a device: its first 2 MiB are overwritten by a superblock, what is behind them becomes
  /// free space. When the call returns, a crash does not undo it.
  ///
  /// @param force whether a famfs that the device holds may be destroyed
  /// @throws StoreException EROFS, ENOSPC (too small, or too many devices, or the log is full),
  ///   EEXIST (it holds a famfs), EBUSY (it is a device of this volume), EPERM, EIO
  public void addDevice(DaxDevice device, boolean force) throws StoreException {
    writer.addDevice(device, force);
    badMemory.refresh();
  }

  /// The bad memory that is known now. One load when there is none: readers of file data ask for
  /// every request.
  public BadRanges badRanges() {
    return badMemory.ranges();
  }

  /// What is known of bad memory, and who learns of it.
  public BadMemory badMemory() {
    return badMemory;
  }

  /// The files with space in a range, in the order of their directories. Looks at every file: not
  /// for the data path.
  ///
  /// @param daxdevIndex which device
  public List<FileInode> filesTouching(int daxdevIndex, long offset, long lengthBytes) {
    RangeSet range = RangeSet.of(List.of(new MemoryRange(offset, lengthBytes)));
    return FileWalk.touching(namespace(), BadRanges.on(daxdevIndex, range));
  }

  /// The files that have space on bad memory, in the order of their directories. Looks at every
  /// file when there is bad memory.
  public List<FileInode> filesOnBadMemory() {
    return FileWalk.touching(namespace(), badRanges());
  }

  /// How full it is. Files that are not in the log yet count as used space, not as files; what a
  /// file that grows has taken in advance counts as free.
  public VolumeUsage usage() {
    return writer.usage();
  }

  /// How many entries of the log are known here.
  public long logEntries() {
    return writer.nextIndex();
  }

  /// Leaves creating to another process, which appends to the log from now on. Files that are still
  /// new stay so; whoever wants them in the log commits them before. What others append is shown
  /// after [#refresh()].
  public void letGo() {
    writer.refuse(
        new StoreException(
            Errno.EPERM, "the volume has been left to another process of this host"));
    follower.letGo();
  }

  /// Creates here from now on, where another process did: what that one has appended is in the
  /// namespace when the call returns. The caller has seen to it that nobody else appends any more.
  ///
  /// @param host this host
  /// @throws StoreException EBUSY when the log does not become whole within a limit, or what
  ///   forbids creating on this host and device
  public void takeUp(UUID host) throws StoreException {
    StoreException refused =
        refusal(devices.primary(), loaded.superblock(), OpenOptions.forHost(host));
    if (refused != null) {
      throw refused;
    }
    long start = System.nanoTime();
    while (!follower.takeUp()) {
      if (followStatus().state().stopped() || System.nanoTime() - start > TAKE_UP_NANOS) {
        throw new StoreException(Errno.EBUSY, "the log is not whole: " + followStatus().reason());
      }
      LockSupport.parkNanos(TAKE_UP_LOOK_NANOS);
    }
    role = Role.MASTER;
    writer.refuse(null);
  }

  /// What was wrong when it was opened and in what has been followed since.
  public VolumeReport report() {
    writer.lock().lock();
    try {
      return loaded.report(follower.status());
    } finally {
      writer.lock().unlock();
    }
  }

  /// Looks once at what others have appended to the log since it was read last, and lets the
  /// namespace show it. Space, counts and report follow. Readers see every file and directory
  /// either complete or not at all.
  ///
  /// An entry that is not whole yet is waited for, call by call, up to a second; then it is left
  /// out and reported. When the log was cut back or another file system was made on the device,
  /// nothing new becomes visible any more, and what is visible stays. A volume that was opened for
  /// creating writes its log itself: nothing is replayed then.
  ///
  /// Also entries at the end of the log that were not whole when the volume was opened for reading,
  /// or on a host that does not own it, are waited for by this call alone.
  public FollowStatus refresh() {
    return follower.look();
  }

  /// Follows the log by a thread until the result or the volume is closed: as [#refresh()] over and
  /// over, see [Following] for how often.
  ///
  /// @param listener hears what becomes visible, also by a [#refresh()]
  /// @throws StoreException EBUSY when it is followed already
  public Following follow(FollowListener listener) throws StoreException {
    Following made = new Following(follower, "famfs-follow " + devices.primary().name());
    Following before = following.get();
    if ((before != null && before.running()) || !following.compareAndSet(before, made)) {
      throw new StoreException(Errno.EBUSY, "the log of the volume is followed already");
    }
    follower.listen(listener);
    made.start();
    return made;
  }

  /// Tells one more listener what becomes visible, however the volume comes to look.
  public void listen(FollowListener listener) {
    follower.alsoTell(listener);
  }

  /// How far the log has been followed.
  public FollowStatus followStatus() {
    return follower.status();
  }

  /// Starts a file: checks the path, takes the space and zeroes it. The caller may fill it through
  /// [FileCreation#extents()] and then commits or closes.
  ///
  /// @param path relative to the root, at most 79 bytes of UTF-8; its parent is there
  /// @param sizeBytes size; an empty file takes one allocation unit as well
  /// @param mode permission bits; other bits are dropped
  /// @param uid owner
  /// @param gid group
  /// @throws StoreException with EINVAL (size, path), ENAMETOOLONG, ENOENT, ENOTDIR, EEXIST, EBUSY
  ///   (the same path is in the making), ENOSPC (space or log), EROFS, EPERM (another host owns the
  ///   volume), EIO
  public FileCreation create(String path, long sizeBytes, int mode, int uid, int gid)
      throws StoreException {
    return create(path, sizeBytes, new NewAttributes(mode, uid, gid), Placement.contiguous());
  }

  /// Starts a file as [#create(String, long, int, int, int)] does, with its space laid out as asked
  /// for.
  ///
  /// @throws StoreException with what the other one says; EINVAL also for a placement that this
  ///   volume cannot have
  public FileCreation create(
      String path, long sizeBytes, NewAttributes attributes, Placement placement)
      throws StoreException {
    return writer.create(path, sizeBytes, attributes, placement);
  }

  /// Makes an empty file that grows until it is committed. Everybody who has this volume open in
  /// this process sees it at once, with the nodeid that it keeps.
  ///
  /// @param path relative to the root, at most 79 bytes of UTF-8; its parent is there
  /// @throws StoreException as [#create(String, long, int, int, int)]
  public NewFile makeFile(String path, NewAttributes attributes) throws StoreException {
    return writer.newFiles().make(path, attributes);
  }

  /// The making of a file that is not in the log yet; null when it is, or when it was given up.
  /// Takes no lock.
  public @Nullable NewFile newFile(FileInode file) {
    return writer.newFiles().find(file);
  }

  /// Remembers files that are new in a journal from now on, and goes on with those that another
  /// process has left there. Call before anything is made.
  ///
  /// @param left by their places in the journal
  /// @return the paths of files that cannot be gone on with; they are gone
  public List<String> keepNewFiles(
      NewFileJournal journal, Map<Integer, NewFileJournal.Entry> left) {
    return writer.newFiles().keepIn(journal, left);
  }

  /// Commits every file that is still new, as far as that can be.
  ///
  /// @return why a file could not be committed, by its path; empty when all were
  public Map<String, StoreException> commitNewFiles() {
    return writer.newFiles().commitAll();
  }

  /// Makes a directory; it is in the log when the call returns.
  ///
  /// @param path relative to the root, at most 79 bytes of UTF-8; its parent is there
  /// @param mode permission bits; other bits are dropped
  /// @param uid owner
  /// @param gid group
  /// @throws StoreException as [#create(String, long, int, int, int)]
  public DirectoryInode mkdir(String path, int mode, int uid, int gid) throws StoreException {
    return writer.mkdir(path, new NewAttributes(mode, uid, gid));
  }

  /// Makes a second file on the space of another one: damage on purpose, to test what finds and
  /// repairs it. Both files show the same bytes from then on, and the volume is not clean any more.
  ///
  /// @param path as for [#create]
  /// @param source a file of this volume; size, mode and owner are taken over
  /// @throws StoreException as [#create]
  public FileInode crossLink(String path, FileInode source) throws StoreException {
    return writer.crossLink(path, source);
  }

  /// Ends creating and following. Files that are new are committed as [#commitNewFiles()] does, and
  /// given up when they cannot be. Those of [#create] are given up, and their space is free again.
  @Override
  public void close() {
    Following thread = following.get();
    if (thread != null) {
      thread.close();
    }
    badMemory.close();
    follower.close();
    writer.newFiles().commitAll();
    writer.close();
  }
}
