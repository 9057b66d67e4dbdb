package io.famfs.fuse.famfs;

import io.famfs.fuse.server.Subtree;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;

/// A directory of a volume with everything below it. What is asked about is found in the namespace
/// and followed upwards: at most 40 steps, as names and slashes of a path are 80 bytes.
final class VolumeSubtree implements Subtree {
  private final Namespace namespace;
  private final long root;

  VolumeSubtree(Namespace namespace, DirectoryInode root) {
    this.namespace = namespace;
    this.root = root.nodeid();
  }

  @Override
  public long root() {
    return root;
  }

  @Override
  public Place place(long nodeid) {
    Inode at = namespace.inode(nodeid);
    if (at == null) {
      return Place.NOWHERE;
    }
    while (at.nodeid() != root) {
      DirectoryInode above = at.parent();
      if (above == at) {
        return Place.OUTSIDE;
      }
      at = above;
    }
    return Place.INSIDE;
  }
}
