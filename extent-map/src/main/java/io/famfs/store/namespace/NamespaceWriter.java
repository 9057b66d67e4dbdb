package io.famfs.store.namespace;

import io.famfs.store.extent.ExtentMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The one writer of a namespace. Calls are made by one thread at a time, in the order of the log.
public final class NamespaceWriter {
  private final Namespace namespace = new Namespace();
  private final NamePool names = new NamePool();
  private final SipHash identity;

  // The parent of the last path, with the path by which it was found: entries of one directory
  // mostly follow each other. A directory stays where it is, so this never goes stale.
  private final ParentPath lastParent = new ParentPath();

  /// The writer of a new namespace that holds the root directory.
  ///
  /// @param fsUuid names the volume; it is the key of the hash that makes nodeids
  public NamespaceWriter(UUID fsUuid) {
    identity = SipHash.keyedBy(fsUuid);
  }

  /// What readers use.
  public Namespace namespace() {
    return namespace;
  }

  /// Makes room for files and directories that will be added, so that the tables need not grow on
  /// the way. A hint; at most 2^28 are provided for.
  public void expect(long inodes) {
    namespace.table().expect(inodes);
  }

  /// The nodeid that an inode made next at this path gets: 63 bits of SipHash-2-4 of the path,
  /// keyed with the uuid of the volume; 0 and 1 and numbers in use are passed over upwards.
  ///
  /// It follows from the log alone, so every host finds the same number.
  public long nextNodeid(byte[] path) {
    return nextNodeid(new EntryPath(path));
  }

  private long nextNodeid(EntryPath path) {
    long nodeid = firstNodeid(path);
    while (!isFree(nodeid)) {
      nodeid = nodeidBehind(nodeid);
    }
    return nodeid;
  }

  /// Whether a file that is not in the log yet has a number that [#nextNodeid] passes over for a
  /// path: what comes into the log first would then decide who gets which.
  public boolean dependsOnNewFile(byte[] path) {
    long nodeid = firstNodeid(new EntryPath(path));
    while (!isFree(nodeid)) {
      if (namespace.inode(nodeid) instanceof FileInode file && !file.isCommitted()) {
        return true;
      }
      nodeid = nodeidBehind(nodeid);
    }
    return false;
  }

  private long firstNodeid(EntryPath path) {
    return identity.hash(path.segment(), path.offset(), path.lengthBytes()) >>> 1;
  }

  private boolean isFree(long nodeid) {
    return nodeid > Inode.ROOT_NODEID && namespace.inode(nodeid) == null;
  }

  private static long nodeidBehind(long nodeid) {
    return (nodeid + 1) & Long.MAX_VALUE;
  }

  /// The directory in which a path stands; null when there is none.
  public @Nullable DirectoryInode parent(EntryPath path) {
    int length = path.parentLengthBytes();
    if (length < 0) {
      return namespace.root();
    }
    DirectoryInode parent = lastParent.match(path.bytes(), path.offset(), length);
    if (parent == null) {
      parent = namespace.findDirectory(path.segment(), path.offset(), length);
      if (parent != null) {
        lastParent.set(parent, path.bytes(), path.offset(), length);
      }
    }
    return parent;
  }

  /// Adds a file.
  ///
  /// @param parent the directory that the path names
  /// @return null when the name is taken; nothing is added then
  public @Nullable FileInode addFile(
      DirectoryInode parent, EntryPath path, Inode.Attributes attributes, FileContent content) {
    long hash = namespace.table().hash(parent, path);
    if (namespace.table().find(hash, parent, path)) {
      return null;
    }
    names.add(path.bytes(), path.nameAt(), path.nameLengthBytes());
    FileInode file = new FileInode(nextNodeid(path), names, parent, attributes, content);
    publish(file, hash);
    return file;
  }

  /// Adds a directory.
  ///
  /// @param parent the directory that the path names
  /// @return null when the name is taken; nothing is added then
  public @Nullable DirectoryInode addDirectory(
      DirectoryInode parent, EntryPath path, Inode.Attributes attributes) {
    long hash = namespace.table().hash(parent, path);
    if (namespace.table().find(hash, parent, path)) {
      return null;
    }
    names.add(path.bytes(), path.nameAt(), path.nameLengthBytes());
    DirectoryInode directory = new DirectoryInode(nextNodeid(path), names, parent, attributes);
    publish(directory, hash);
    return directory;
  }

  /// Adds a file whose name is known to be free.
  ///
  /// @param parent the directory that the path names
  /// @param path the whole relative path
  /// @throws IllegalStateException when the name is taken
  public FileInode addFile(
      DirectoryInode parent, byte[] path, Inode.Attributes attributes, FileContent content) {
    return free(addFile(parent, new EntryPath(path), attributes, content));
  }

  /// Adds a directory whose name is known to be free.
  ///
  /// @param parent the directory that the path names
  /// @param path the whole relative path
  /// @throws IllegalStateException when the name is taken
  public DirectoryInode addDirectory(
      DirectoryInode parent, byte[] path, Inode.Attributes attributes) {
    return free(addDirectory(parent, new EntryPath(path), attributes));
  }

  /// Makes a file that is not in the log yet, for [#publish]. Its name is known to be free.
  ///
  /// @param parent the directory that the path names
  /// @param path the whole relative path
  /// @param attributes with no log index
  public FileInode makeFile(
      DirectoryInode parent, EntryPath path, Inode.Attributes attributes, FileContent content) {
    NamePool name = NamePool.ofOne(path.bytes(), path.nameAt(), path.nameLengthBytes());
    return new FileInode(nextNodeid(path), name, parent, attributes, content);
  }

  /// Lets readers see a file that was made. Nothing was added in between.
  public void publish(FileInode made, EntryPath path) {
    publish(made, namespace.table().hash(made.parent(), path));
  }

  /// Takes away a file that is not in the log: name and nodeid are free again.
  public void remove(FileInode made) {
    namespace.table().remove(made);
    if (!made.isUnlinked()) {
      made.parent().remove(made);
    }
  }

  /// Takes away the name of a file that is not in the log. Its nodeid stays until [#remove].
  public void unlink(FileInode made) {
    namespace.table().removeName(made);
    made.parent().remove(made);
    made.setLogIndex(FileInode.UNLINKED);
  }

  /// Shows more space of a file that is not in the log yet, or says at its commit what it keeps.
  /// Until then this and [#setSize] are called with the lock of its making, by any thread.
  public static void setExtents(FileInode made, ExtentMap extents) {
    made.setExtents(extents);
  }

  /// Shows another size of a file that is not in the log yet, at most what its map reaches.
  public static void setSize(FileInode made, long sizeBytes) {
    made.setSizeBytes(sizeBytes);
  }

  /// Says that the entry of a file is in the log now.
  public static void setCommitted(FileInode made, long logIndex) {
    made.setLogIndex(logIndex);
  }

  private static <T extends Inode> T free(@Nullable T added) {
    if (added == null) {
      throw new IllegalStateException("a name that was free is taken");
    }
    return added;
  }

  private void publish(Inode inode, long hash) {
    namespace.table().insert(inode, hash);
    inode.parent().append(inode);
  }
}
