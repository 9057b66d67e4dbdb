package io.famfs.store.namespace;

import io.famfs.core.extent.Fmap;
import io.famfs.store.extent.ExtentMap;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A file with its space. Once it is in the log its size and its map never change.
///
/// While a file is still new it grows: more of its space is shown first, then the larger size. So a
/// reader loads the size first and the map then, and finds memory behind every byte.
public final class FileInode extends Inode {
  /// The log index of a file that will never be in the log.
  static final long UNLINKED = -2;

  private static final VarHandle SIZE_BYTES;
  private static final VarHandle EXTENTS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      SIZE_BYTES = lookup.findVarHandle(FileInode.class, "sizeBytes", long.class);
      EXTENTS = lookup.findVarHandle(FileInode.class, "extents", ExtentMap.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("UnusedVariable") // Read through SIZE_BYTES.
  private long sizeBytes;

  @SuppressWarnings("UnusedVariable") // Read through EXTENTS.
  private ExtentMap extents;

  FileInode(
      long nodeid,
      NamePool names,
      DirectoryInode parent,
      Attributes attributes,
      FileContent content) {
    super(nodeid, names, parent, attributes);
    this.sizeBytes = content.sizeBytes();
    this.extents = content.extents();
  }

  /// Whether it is in the log: size and map are final, and the file is there for ever.
  public boolean isCommitted() {
    return logIndex() >= 0;
  }

  /// Whether its name was taken away while it was new: it goes for good when it is given up.
  public boolean isUnlinked() {
    return logIndex() == UNLINKED;
  }

  @Override
  public long sizeBytes() {
    return (long) SIZE_BYTES.getAcquire(this);
  }

  /// The map as it stands in the log. Made anew by every call; the data path uses [#extents()].
  public Fmap fmap() {
    return extents().fmap();
  }

  /// The map for the data path.
  public ExtentMap extents() {
    return (ExtentMap) EXTENTS.getAcquire(this);
  }

  void setSizeBytes(long bytes) {
    SIZE_BYTES.setRelease(this, bytes);
  }

  void setExtents(ExtentMap shown) {
    EXTENTS.setRelease(this, shown);
  }
}
