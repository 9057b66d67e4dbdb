package io.famfs.store.namespace;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Inodes by nodeid and by (parent, name): two open-addressed tables with linear probing, at most
/// half full. Readers take no lock; one writer at a time inserts.
///
/// A slot is filled with release and read with acquire, and a larger table is published whole, so a
/// reader sees an inode either complete or not at all. Slots are chosen with random numbers of this
/// process: names and nodeids that would crowd one place cannot be prepared on the media.
final class InodeTable {
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Inode[].class);
  private static final int FIRST_CAPACITY = 64;
  private static final int MAX_CAPACITY = 1 << 30;

  private final long nodeidFactor;
  private final SipHash nameHash;
  private int size;
  private volatile @Nullable Inode[] byNodeid = new Inode[FIRST_CAPACITY];
  private volatile @Nullable Inode[] byName = new Inode[FIRST_CAPACITY];

  InodeTable() {
    SplittableRandom random = new SplittableRandom();
    nodeidFactor = random.nextLong() | 1;
    nameHash = new SipHash(random.nextLong(), random.nextLong());
  }

  @Nullable Inode find(long nodeid) {
    Inode[] table = byNodeid;
    int slot = nodeidSlot(nodeid, table.length);
    while (true) {
      Inode found = (Inode) SLOT.getAcquire(table, slot);
      if (found == null || found.nodeid() == nodeid) {
        return found;
      }
      slot = (slot + 1) & (table.length - 1);
    }
  }

  @Nullable Inode find(DirectoryInode parent, MemorySegment name, long offset, int lengthBytes) {
    Inode[] table = byName;
    int slot = nameSlot(parent.nodeid(), nameHash.hash(name, offset, lengthBytes), table.length);
    while (true) {
      Inode found = (Inode) SLOT.getAcquire(table, slot);
      if (found == null || (found.parent() == parent && found.isNamed(name, offset, lengthBytes))) {
        return found;
      }
      slot = (slot + 1) & (table.length - 1);
    }
  }

  /// Adds an inode whose nodeid and place are free.
  void insert(Inode inode) {
    if (size >= byNodeid.length / 2) {
      grow();
    }
    size++;
    place(byNodeid, nodeidSlot(inode.nodeid(), byNodeid.length), inode);
    place(byName, nameSlot(inode, byName.length), inode);
  }

  /// Makes room for inodes that will be added.
  void expect(long inodes) {
    long wanted = Math.min(inodes, MAX_CAPACITY / 4) + size + 1;
    int capacity = byNodeid.length;
    while (capacity / 2 < wanted) {
      capacity *= 2;
    }
    if (capacity > byNodeid.length) {
      resize(capacity);
    }
  }

  private void grow() {
    if (byNodeid.length == MAX_CAPACITY) {
      throw new IllegalStateException("more than " + size + " files and directories");
    }
    resize(byNodeid.length * 2);
  }

  private void resize(int capacity) {
    Inode[] old = byNodeid;
    Inode[] nodeids = new Inode[capacity];
    Inode[] names = new Inode[capacity];
    for (Inode inode : old) {
      if (inode != null) {
        place(nodeids, nodeidSlot(inode.nodeid(), nodeids.length), inode);
        place(names, nameSlot(inode, names.length), inode);
      }
    }
    byNodeid = nodeids;
    byName = names;
  }

  private static void place(@Nullable Inode[] table, int start, Inode inode) {
    int slot = start;
    while (table[slot] != null) {
      slot = (slot + 1) & (table.length - 1);
    }
    SLOT.setRelease(table, slot, inode);
  }

  private int nodeidSlot(long nodeid, int capacity) {
    return topBits(nodeid * nodeidFactor, capacity);
  }

  private int nameSlot(Inode inode, int capacity) {
    return nameSlot(inode.parent().nodeid(), nameHash.hash(inode.name()), capacity);
  }

  private int nameSlot(long parentNodeid, long hash, int capacity) {
    return topBits((hash + parentNodeid * nodeidFactor) * nodeidFactor, capacity);
  }

  private static int topBits(long mixed, int capacity) {
    return (int) (mixed >>> (Long.numberOfLeadingZeros(capacity) + 1));
  }
}
