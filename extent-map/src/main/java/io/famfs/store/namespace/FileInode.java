package io.famfs.store.namespace;

import io.famfs.core.extent.Fmap;
import io.famfs.store.extent.ExtentMap;

/// A file: fixed in size, with all its space.
public final class FileInode extends Inode {
  private final long sizeBytes;
  private final ExtentMap extents;

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

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  /// The map as it stands in the log. Made anew by every call; the data path uses [#extents()].
  public Fmap fmap() {
    return extents.fmap();
  }

  /// The map for the data path.
  public ExtentMap extents() {
    return extents;
  }
}
