package io.famfs.store.namespace;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Inodes by nodeid and by (parent, name): two open-addressed tables with linear probing, at most
/// half full. Readers take no lock; one writer at a time inserts and removes.
///
/// Every slot has a tag of one byte: 0 when it is empty, [#GRAVE] when its inode was removed, else
/// bits of the hash. Probing goes through the tags, which lie close together, and looks at an inode
/// only when its tag fits.
///
/// A slot holds one inode in its life. A reader that has seen its tag finds that inode, or nothing
/// after it was removed, but never another one that was published by another tag. Graves go away
/// when the tables are made anew.
///
/// A slot is filled before its tag is stored with release, and tags are read with acquire; larger
/// tables are published whole. So a reader sees an inode either complete or not at all. Slots are
/// chosen with random numbers of this process: names and nodeids that would crowd one place cannot
/// be prepared on the media.
final class InodeTable {
  private static final VarHandle TAG = MethodHandles.arrayElementVarHandle(byte[].class);
  private static final int FIRST_CAPACITY = 64;
  private static final int MAX_CAPACITY = 1 << 30;
  private static final int USED = 0x80;

  /// No tag of an inode: those have the bit [#USED].
  private static final byte GRAVE = 1;

  private final long nodeidFactor;
  private final SipHash nameHash;
  private int size;
  private int graves;

  /// What is found by its nodeid only; each still counts as one in both tables.
  private final Set<Inode> nameless = new HashSet<>();

  private volatile Tables tables = new Tables(FIRST_CAPACITY);

  /// Both tables, of the same capacity.
  private static final class Tables {
    final @Nullable Inode[] byNodeid;
    final @Nullable Inode[] byName;
    final byte[] nodeidTags;
    final byte[] nameTags;

    Tables(int capacity) {
      byNodeid = new Inode[capacity];
      byName = new Inode[capacity];
      nodeidTags = new byte[capacity];
      nameTags = new byte[capacity];
    }

    int capacity() {
      return byNodeid.length;
    }
  }

  InodeTable() {
    SplittableRandom random = new SplittableRandom();
    nodeidFactor = random.nextLong() | 1;
    nameHash = new SipHash(random.nextLong(), random.nextLong());
  }

  @Nullable Inode find(long nodeid) {
    Tables at = tables;
    byte[] tags = at.nodeidTags;
    long hash = hash(nodeid);
    int slot = topBits(hash, tags.length);
    byte wanted = tag(hash);
    while (true) {
      byte tag = (byte) TAG.getAcquire(tags, slot);
      if (tag == 0) {
        return null;
      }
      if (tag == wanted) {
        Inode found = at.byNodeid[slot];
        if (found != null && found.nodeid() == nodeid) {
          return found;
        }
      }
      slot = (slot + 1) & (tags.length - 1);
    }
  }

  @Nullable Inode find(DirectoryInode parent, MemorySegment name, long offset, int lengthBytes) {
    return find(hash(parent, name, offset, lengthBytes), parent, name, offset, lengthBytes);
  }

  /// Whether the name of a path is one of a directory's.
  ///
  /// @param hash what [#hash(DirectoryInode, EntryPath)] says
  boolean find(long hash, DirectoryInode parent, EntryPath path) {
    return find(hash, parent, path.segment(), path.nameAt(), path.nameLengthBytes()) != null;
  }

  private @Nullable Inode find(
      long hash, DirectoryInode parent, MemorySegment name, long offset, int lengthBytes) {
    Tables at = tables;
    byte[] tags = at.nameTags;
    int slot = topBits(hash, tags.length);
    byte wanted = tag(hash);
    while (true) {
      byte tag = (byte) TAG.getAcquire(tags, slot);
      if (tag == 0) {
        return null;
      }
      if (tag == wanted) {
        Inode found = at.byName[slot];
        if (found != null && found.parent() == parent && found.isNamed(name, offset, lengthBytes)) {
          return found;
        }
      }
      slot = (slot + 1) & (tags.length - 1);
    }
  }

  /// Where the name of a path goes in the table of names.
  long hash(DirectoryInode parent, EntryPath path) {
    return hash(parent, path.segment(), path.nameAt(), path.nameLengthBytes());
  }

  /// Adds an inode whose nodeid and place are free.
  ///
  /// @param hash of its name, from [#hash(DirectoryInode, EntryPath)]
  void insert(Inode inode, long hash) {
    if (size + graves >= tables.capacity() / 2) {
      grow();
    }
    size++;
    place(tables.byNodeid, tables.nodeidTags, hash(inode.nodeid()), inode);
    place(tables.byName, tables.nameTags, hash, inode);
  }

  /// Removes an inode that is there. Readers who are at it may still find it.
  void remove(Inode inode) {
    if (!nameless.remove(inode)) {
      bury(tables.byName, tables.nameTags, hash(inode), inode);
    }
    bury(tables.byNodeid, tables.nodeidTags, hash(inode.nodeid()), inode);
    size--;
    graves++;
  }

  /// Removes the name of an inode that is there; it is still found by its nodeid.
  void removeName(Inode inode) {
    bury(tables.byName, tables.nameTags, hash(inode), inode);
    nameless.add(inode);
  }

  private static void bury(@Nullable Inode[] table, byte[] tags, long hash, Inode inode) {
    int slot = topBits(hash, tags.length);
    while (table[slot] != inode) {
      if (tags[slot] == 0) {
        throw new IllegalStateException(inode + " is not in the table");
      }
      slot = (slot + 1) & (tags.length - 1);
    }
    TAG.setRelease(tags, slot, GRAVE);
    table[slot] = null;
  }

  /// Makes room for inodes that will be added.
  void expect(long inodes) {
    long wanted = Math.min(inodes, MAX_CAPACITY / 4) + size + 1;
    int capacity = tables.capacity();
    while (capacity / 2 < wanted) {
      capacity *= 2;
    }
    if (capacity > tables.capacity()) {
      resize(capacity);
    }
  }

  private void grow() {
    int capacity = tables.capacity();
    // Not doubled when a quarter is free behind the graves: room for as many changes as it costs.
    if (size < capacity / 4) {
      resize(capacity);
    } else if (capacity < MAX_CAPACITY) {
      resize(capacity * 2);
    } else {
      throw new IllegalStateException("more than " + size + " files and directories");
    }
  }

  private void resize(int capacity) {
    Tables larger = new Tables(capacity);
    for (Inode inode : tables.byNodeid) {
      if (inode != null) {
        place(larger.byNodeid, larger.nodeidTags, hash(inode.nodeid()), inode);
        if (!nameless.contains(inode)) {
          place(larger.byName, larger.nameTags, hash(inode), inode);
        }
      }
    }
    graves = 0;
    tables = larger;
  }

  private static void place(@Nullable Inode[] table, byte[] tags, long hash, Inode inode) {
    int slot = topBits(hash, tags.length);
    while (tags[slot] != 0) {
      slot = (slot + 1) & (tags.length - 1);
    }
    table[slot] = inode;
    TAG.setRelease(tags, slot, tag(hash));
  }

  private long hash(long nodeid) {
    return nodeid * nodeidFactor;
  }

  private long hash(DirectoryInode parent, MemorySegment name, long offset, int lengthBytes) {
    return nameHash(parent, nameHash.hash(name, offset, lengthBytes));
  }

  private long hash(Inode inode) {
    return nameHash(inode.parent(), nameHash.hash(inode.name()));
  }

  private long nameHash(DirectoryInode parent, long hash) {
    return (hash + parent.nodeid() * nodeidFactor) * nodeidFactor;
  }

  private static int topBits(long mixed, int capacity) {
    return (int) (mixed >>> (Long.numberOfLeadingZeros(capacity) + 1));
  }

  private static byte tag(long mixed) {
    return (byte) (mixed | USED);
  }
}
