package io.famfs.store;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.MediaText;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileContent;
import io.famfs.store.namespace.FileInode;
import java.util.List;

/// A file that has its space, zeroed, and is not in the log yet: nobody else can see it, and
/// closing it gives the space back. A crash does the same. One thread at a time uses it.
public final class FileCreation implements AutoCloseable {
  private final VolumeWriter writer;
  private final Target target;
  private final FileContent content;
  private boolean over;

  /// What is being made.
  ///
  /// @param path whole relative path
  /// @param parent directory it goes into
  /// @param nodeid the identity it will have
  record Target(MediaText path, DirectoryInode parent, long nodeid, NewAttributes attributes) {}

  FileCreation(VolumeWriter writer, Target target, FileContent content) {
    this.writer = writer;
    this.target = target;
    this.content = content;
  }

  /// The nodeid that the file has from now on.
  public long nodeid() {
    return target.nodeid();
  }

  /// The path relative to the root.
  public String path() {
    return target.path().toString();
  }

  /// Its size.
  public long sizeBytes() {
    return content.sizeBytes();
  }

  /// Where its bytes are, to be filled by the caller through [Volume#memory(int)].
  public ExtentMap extents() {
    return content.extents();
  }

  /// Publishes the file: writes its bytes back, then appends the log entry, then lets the namespace
  /// show it. When the call returns, a crash does not undo it.
  ///
  /// @throws StoreException EBADF when it was committed or closed before; EIO when the log cannot
  ///   be written or was written by somebody else
  public FileInode commit() throws StoreException {
    return writer.commit(this);
  }

  /// Gives the space back unless the file was committed. A second call does nothing.
  @Override
  public void close() {
    writer.abandon(this);
  }

  Target target() {
    return target;
  }

  List<DeviceRange> ranges() {
    return content.extents().fmap().ranges();
  }

  FileContent content() {
    return content;
  }

  /// Whether it was committed or closed; guarded by the writer's lock.
  boolean over() {
    return over;
  }

  void end() {
    over = true;
  }
}
