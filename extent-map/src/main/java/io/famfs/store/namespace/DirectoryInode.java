package io.famfs.store.namespace;

import java.util.Arrays;

/// A directory: the list of its children in the order in which they were made. The position of a
/// child in the list never changes, so it serves as cookie for reading a directory piece by piece.
public final class DirectoryInode extends Inode {
  private static final Inode[] NONE = {};
  private static final int FIRST_CAPACITY = 4;

  // Replaced before the count grows: whoever has seen a count sees an array that holds as many.
  private Inode[] children = NONE;
  private volatile int childCount;

  @SuppressWarnings("NullAway") // The root has no parent yet when it is made: it is its own.
  DirectoryInode(int mode) {
    super(ROOT_NODEID, new NamePool(), null, new Attributes(mode, 0, 0, -1));
  }

  DirectoryInode(long nodeid, NamePool names, DirectoryInode parent, Attributes attributes) {
    super(nodeid, names, parent, attributes);
  }

  @Override
  public long sizeBytes() {
    return 0;
  }

  /// Number of children now; it only grows.
  public int childCount() {
    return childCount;
  }

  /// The child at a position.
  ///
  /// @throws IndexOutOfBoundsException unless `0 <= position < childCount()`
  public Inode child(int position) {
    if (position < 0 || position >= childCount) {
      throw new IndexOutOfBoundsException(position);
    }
    return children[position];
  }

  void append(Inode child) {
    int count = childCount;
    if (count == children.length) {
      children = Arrays.copyOf(children, Math.max(FIRST_CAPACITY, count + (count >> 1)));
    }
    children[count] = child;
    childCount = count + 1;
  }
}
