package io.famfs.store;

import io.famfs.store.extent.ExtentMap;
import io.famfs.store.namespace.FileInode;

/// A file that has its space, zeroed, and is not in the log yet: nobody else can see it, and
/// closing it gives the space back.
public final class FileCreation implements AutoCloseable {
  FileCreation() {}

  /// The nodeid that the file will have.
  public long nodeid() {
    return Pending.body("");
  }

  /// Its size.
  public long sizeBytes() {
    return Pending.body("");
  }

  /// Where its bytes are, to be filled by the caller through [Volume#memory(int)].
  public ExtentMap extents() {
    return Pending.body("");
  }

  /// Publishes the file.
  public FileInode commit() throws StoreException {
    return Pending.body("");
  }

  /// Gives the space back unless the file was committed.
  @Override
  public void close() {}
}
