package io.famfs.fuse.famfs;

import io.famfs.fuse.fmap.ExtentLists;
import io.famfs.fuse.metrics.Metrics;
import io.famfs.fuse.protocol.CopyFileRangeIn;
import io.famfs.fuse.server.Changes;
import io.famfs.fuse.server.Connection;
import io.famfs.fuse.server.FileReport;
import io.famfs.fuse.server.FuseFileSystem;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.Migration;
import io.famfs.fuse.server.Request;
import io.famfs.fuse.server.Subtree;
import io.famfs.fuse.window.GovernorState;
import io.famfs.store.Volume;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Serves a volume. `nodeid` is the inode's own, on every host and after every restart; `fh` is the
/// nodeid once more, so nothing has to be remembered about an open file, but who writes to one that
/// is not in the log yet ([FilesInMaking]).
///
/// What is in the log is fixed in size and name. What a program gets that asks for more:
///
/// | asked for | answer | why this |
/// |---|---|---|
/// | another size, O_TRUNC of a file that is not empty | EPERM | truncate(2) names it for file systems that cannot |
/// | write at or behind the end | EFBIG | as at the limit of a file's size |
/// | write across the end | the part inside | as at the limit of a file's size |
/// | mode, owner, group, times | kept until the volume is closed | `chmod`, `touch`, `cp -p`, `tar` work |
/// | unlink, rename, link | EPERM | as on file systems that have none |
/// | any change when read-only | EROFS | |
/// | a nodeid that does not exist | ESTALE | the peer's memory is of another volume, or the file was new and is gone |
/// | an fh of another file | EBADF | |
/// | a file with space on a device that is missing | EIO | its attributes are known all the same |
/// | bytes of a file on bad memory | EIO | its other bytes and its attributes are known all the same |
///
/// This class is the front; each topic has a class of its own: [NameOperations], [EntryOperations],
/// [CreateOperations], [AttributeOperations], [OpenOperations], [DataOperations],
/// [RangeOperations], [IoctlOperations], [ExtentAttribute], [WindowOperations], [MapOperations].
public final class FamfsFileSystem implements FuseFileSystem {
  private final Volume volume;
  private final boolean readOnly;
  private final DaxChoice dax;
  private final FilesInMaking making;
  private final NameOperations names;
  private final EntryOperations entries;
  private final CreateOperations creates;
  private final AttributeOperations attributes;
  private final OpenOperations opens;
  private final DataOperations data;
  private final MemoryFailure memoryFailure;
  private final RangeOperations ranges;
  private final IoctlOperations ioctls;
  private final ExtentAttribute extendedAttributes;
  private final WindowOperations windows;
  private final MapOperations maps;
  private final Permissions permissions;
  private volatile FilesMigration migration;
  private volatile Changes changes = Changes.UNHEARD;

  /// Serves `volume`, which stays the caller's and has to outlive every session.
  public FamfsFileSystem(Volume volume, FamfsOptions options) {
    this(volume, options, new ExtentLists(options.extentCache()));
  }

  /// Serves `volume` to clients that may hold lists of extents from before.
  FamfsFileSystem(Volume volume, FamfsOptions options, ExtentLists lists) {
    this.volume = volume;
    readOnly = options.readOnly() || !devicesWritable(volume);
    dax = new DaxChoice(volume, options.dax());
    AttrWriter writer = new AttrWriter(options, dax);
    making = new FilesInMaking(volume);
    AttrSetter setter = new AttrSetter(making);
    DataCoherence coherence = new DataCoherence(volume);
    FileBytes bytes = new FileBytes(volume, coherence);
    maps = new MapOperations(volume, lists);
    names = new NameOperations(volume, writer, maps);
    entries = new EntryOperations(volume, writer, making);
    attributes = new AttributeOperations(volume, writer, setter, coherence);
    opens = new OpenOperations(volume, options, setter, coherence, making, maps);
    creates = new CreateOperations(volume, writer, opens, making);
    data = new DataOperations(volume, setter, coherence, making);
    memoryFailure = new MemoryFailure(volume);
    ranges = new RangeOperations(volume, setter, bytes, making);
    ioctls = new IoctlOperations(volume);
    extendedAttributes = new ExtentAttribute(volume);
    windows = new WindowOperations(volume, coherence, making);
    permissions = new Permissions(volume.namespace());
    migration = new FilesMigration(volume, making, null);
    volume.badMemory().listen(windows::withdraw);
    volume.listen(new GrowthTeller(this));
  }

  /// Shares the right to create with other processes of this host, one of which has it at a time.
  /// Call before the first server is made.
  public void share(WriteRight right) {
    migration = new FilesMigration(volume, making, right);
  }

  @Override
  public Migration migration() {
    return migration;
  }

  private static boolean devicesWritable(Volume volume) {
    for (int i = 0; i < volume.deviceCount(); i++) {
      if (!volume.isMissing(i) && !volume.device(i).writable()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void tell(Changes to) {
    changes = to;
    making.tell(to);
  }

  @Override
  public long leftBytes() {
    return NewFileTable.bytes();
  }

  @Override
  public void leaveIn(MemorySegment memory) {
    if (!readOnly) {
      making.keepIn(new NewFileTable(memory));
    }
  }

  @Override
  public boolean memoryFailed(Request request) {
    return memoryFailure.look(request);
  }

  /// Another host, or another process, has added something to a directory.
  void grown(DirectoryInode directory) {
    changes.attributes(directory.nodeid(), null);
  }

  @Override
  public void forEachNodeid(LongConsumer to) {
    Deque<DirectoryInode> open = new ArrayDeque<>(List.of(volume.namespace().root()));
    while (!open.isEmpty()) {
      DirectoryInode directory = open.removeLast();
      to.accept(directory.nodeid());
      for (Inode child : directory.children()) {
        switch (child) {
          case DirectoryInode inner -> open.addLast(inner);
          case FileInode file -> to.accept(file.nodeid());
        }
      }
    }
  }

  /// Tells that a request has changed the inode it is about: a file, or the directory it has made
  /// something in.
  private int told(Request request, int result) {
    return told(request, request.nodeid(), result);
  }

  /// The same of the file that was copied to.
  private int toldTarget(Request request, int result) {
    return told(request, CopyFileRangeIn.nodeidOut(request.in(), Request.ARGUMENTS), result);
  }

  private int told(Request request, long nodeid, int result) {
    if (result >= 0) {
      changes.attributes(nodeid, request.connection().client());
    }
    return result;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public @Nullable FileReport file(long nodeid) {
    return volume.namespace().inode(nodeid) instanceof FileInode file ? FileReports.of(file) : null;
  }

  @Override
  public long nodeid(String path) {
    Inode inode = volume.namespace().find(path);
    return inode == null ? 0 : inode.nodeid();
  }

  @Override
  public @Nullable Subtree subtree(String path) {
    return volume.namespace().find(path) instanceof DirectoryInode root
        ? new VolumeSubtree(volume.namespace(), root)
        : null;
  }

  @Override
  public int permit(Request request) {
    return permissions.check(request);
  }

  @Override
  public void register(Metrics metrics) {
    new VolumeMetrics(volume).register(metrics);
  }

  @Override
  public MappingWindow window(MappingWindow granted) {
    return dax.window(granted);
  }

  /// The state of the windows of all sessions there are, where they are governed.
  public List<GovernorState> windows() {
    return dax.states();
  }

  @Override
  public void ended(Connection connection) {
    dax.ended(connection);
    making.ended(connection.client());
    maps.ended(connection.client());
    windows.ended(connection);
  }

  @Override
  public int mappedDevices() {
    return maps.devices();
  }

  @Override
  public int getFmap(Request request) {
    return maps.getFmap(request);
  }

  @Override
  public int getDaxdev(Request request) {
    return maps.getDaxdev(request);
  }

  @Override
  public int lookup(Request request) {
    return names.lookup(request);
  }

  @Override
  public int getattr(Request request) {
    return attributes.getattr(request);
  }

  @Override
  public int setattr(Request request) {
    return told(request, attributes.setattr(request));
  }

  @Override
  public int open(Request request) {
    return opens.open(request);
  }

  @Override
  public int read(Request request) {
    return data.read(request);
  }

  @Override
  public int write(Request request) {
    return told(request, data.write(request));
  }

  @Override
  public int flush(Request request) {
    return data.flush(request);
  }

  @Override
  public int fsync(Request request) {
    return data.fsync(request);
  }

  @Override
  public int release(Request request) {
    return opens.release(request);
  }

  @Override
  public int lockable(Request request, long fh) {
    return opens.lockable(request, fh);
  }

  @Override
  public int opendir(Request request) {
    return names.opendir(request);
  }

  @Override
  public int readdir(Request request) {
    return names.readdir(request);
  }

  @Override
  public int readdirplus(Request request) {
    return names.readdirplus(request);
  }

  @Override
  public int releasedir(Request request) {
    return names.releasedir(request);
  }

  @Override
  public int fsyncdir(Request request) {
    return names.fsyncdir(request);
  }

  @Override
  public int statfs(Request request) {
    return attributes.statfs(request);
  }

  @Override
  public int access(Request request) {
    return attributes.access(request);
  }

  @Override
  public int ioctl(Request request) {
    return told(request, ioctls.ioctl(request));
  }

  @Override
  public int getxattr(Request request) {
    return extendedAttributes.get(request);
  }

  @Override
  public int listxattr(Request request) {
    return extendedAttributes.list(request);
  }

  @Override
  public int setxattr(Request request) {
    return extendedAttributes.change(request);
  }

  @Override
  public int removexattr(Request request) {
    return extendedAttributes.change(request);
  }

  @Override
  public int setupMapping(Request request) {
    return windows.setupMapping(request);
  }

  @Override
  public int readlink(Request request) {
    return entries.readlink(request);
  }

  @Override
  public int symlink(Request request) {
    return entries.symlink(request);
  }

  @Override
  public int mkdir(Request request) {
    return told(request, entries.mkdir(request));
  }

  @Override
  public int unlink(Request request) {
    return entries.unlink(request);
  }

  @Override
  public int rmdir(Request request) {
    return entries.rmdir(request);
  }

  @Override
  public int rename(Request request) {
    return entries.rename(request);
  }

  @Override
  public int rename2(Request request) {
    return entries.rename2(request);
  }

  @Override
  public int link(Request request) {
    return entries.link(request);
  }

  @Override
  public int tmpfile(Request request) {
    return entries.tmpfile(request);
  }

  @Override
  public int statx(Request request) {
    return attributes.statx(request);
  }

  @Override
  public int fallocate(Request request) {
    return told(request, ranges.fallocate(request));
  }

  @Override
  public int lseek(Request request) {
    return ranges.lseek(request);
  }

  @Override
  public int copyFileRange(Request request) {
    return toldTarget(request, ranges.copyFileRange(request));
  }

  @Override
  public int copyFileRange64(Request request) {
    return toldTarget(request, ranges.copyFileRange64(request));
  }

  @Override
  public int syncfs(Request request) {
    return attributes.syncfs(request);
  }

  @Override
  public int create(Request request) {
    return told(request, creates.create(request));
  }

  @Override
  public int mknod(Request request) {
    return told(request, creates.mknod(request));
  }
}
