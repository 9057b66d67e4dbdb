package io.famfs.store.namespace;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A directory: the list of its children, nearly in the order in which they were made. A child
/// never moves in the list, so its position serves as cookie for reading a directory piece by
/// piece. A file that goes away leaves a gap, which the next child fills.
public final class DirectoryInode extends Inode {
  private static final VarHandle CHILD = MethodHandles.arrayElementVarHandle(Inode[].class);
  private static final @Nullable Inode[] NONE = {};
  private static final int FIRST_CAPACITY = 4;

  // Replaced before the count grows: whoever has seen a count sees an array that holds as many.
  private @Nullable Inode[] children = NONE;
  private volatile int childCount;

  // Directories are never removed.
  private volatile int directoryCount;

  /// Positions without a child; null until there is one.
  private @Nullable BitSet gaps;

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

  /// Number of positions now, gaps included; it only grows.
  public int childCount() {
    return childCount;
  }

  /// Number of directories among the children.
  public int directoryCount() {
    return directoryCount;
  }

  /// The child at a position; null when there is a gap.
  ///
  /// @throws IndexOutOfBoundsException unless `0 <= position < childCount()`
  public @Nullable Inode child(int position) {
    if (position < 0 || position >= childCount) {
      throw new IndexOutOfBoundsException(position);
    }
    return (Inode) CHILD.getAcquire(children, position);
  }

  /// The children that are there now.
  public List<Inode> children() {
    int count = childCount;
    List<Inode> found = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Inode child = child(i);
      if (child != null) {
        found.add(child);
      }
    }
    return found;
  }

  /// Adds a child. Calls are made by one thread at a time.
  @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
  void append(Inode child) {
    if (child instanceof DirectoryInode) {
      directoryCount++;
    }
    BitSet open = gaps;
    int gap = open == null ? -1 : open.nextSetBit(0);
    if (open != null && gap >= 0) {
      open.clear(gap);
      CHILD.setRelease(children, gap, child);
      return;
    }
    int count = childCount;
    if (count == children.length) {
      children = Arrays.copyOf(children, Math.max(FIRST_CAPACITY, count + (count >> 1)));
    }
    children[count] = child;
    childCount = count + 1;
  }

  /// Takes away a child that is there.
  void remove(Inode child) {
    int position = childCount - 1;
    while (children[position] != child) {
      position--;
    }
    CHILD.setRelease(children, position, null);
    BitSet open = gaps == null ? new BitSet() : gaps;
    open.set(position);
    gaps = open;
  }
}
