package io.famfs.fuse.famfs;

import io.famfs.store.FollowListener;
import io.famfs.store.namespace.Inode;

/// Tells what another host, or another process, has added to a volume that is followed. It counts
/// as made when it is seen. Nobody remembers that a name was missing, so only the directory has
/// changed.
///
/// @param files what shows it
record GrowthTeller(FamfsFileSystem files) implements FollowListener {
  @Override
  public void added(Inode inode) {
    Times.made(inode);
    files.grown(inode.parent());
  }
}
