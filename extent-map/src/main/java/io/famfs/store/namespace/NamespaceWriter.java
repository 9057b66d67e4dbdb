package io.famfs.store.namespace;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The one writer of a namespace. Calls are made by one thread at a time, in the order of the log.
///
/// Paths are given as bytes in a segment, where they were read: nothing is decoded or split.
public final class NamespaceWriter {
  private final Namespace namespace = new Namespace();
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
    return nextNodeid(MemorySegment.ofArray(path), 0, path.length);
  }

  private long nextNodeid(MemorySegment path, long offset, int lengthBytes) {
    long nodeid = identity.hash(path, offset, lengthBytes) >>> 1;
    while (nodeid <= Inode.ROOT_NODEID || namespace.inode(nodeid) != null) {
      nodeid = (nodeid + 1) & Long.MAX_VALUE;
    }
    return nodeid;
  }

  /// The directory in which a path stands; null when there is none.
  ///
  /// @param path holds a path that keeps the rules of the format, at `offset`
  public @Nullable DirectoryInode parent(MemorySegment path, long offset, int lengthBytes) {
    int parentBytes = nameStart(path, offset, lengthBytes) - 1;
    if (parentBytes < 0) {
      return namespace.root();
    }
    DirectoryInode parent = lastParent.match(path, offset, parentBytes);
    if (parent == null) {
      parent = namespace.findDirectory(path, offset, parentBytes);
      if (parent != null) {
        lastParent.set(parent, path, offset, parentBytes);
      }
    }
    return parent;
  }

  /// Whether the name at the end of a path is one of a directory's.
  public boolean taken(DirectoryInode parent, MemorySegment path, long offset, int lengthBytes) {
    int start = nameStart(path, offset, lengthBytes);
    return namespace.lookup(parent, path, offset + start, lengthBytes - start) != null;
  }

  /// Adds a file that is not there yet.
  ///
  /// @param parent the directory that the path names
  /// @param path holds the whole relative path at `offset`
  public FileInode addFile(
      DirectoryInode parent,
      MemorySegment path,
      long offset,
      int lengthBytes,
      Inode.Attributes attributes,
      FileContent content) {
    FileInode file =
        new FileInode(
            nextNodeid(path, offset, lengthBytes),
            name(path, offset, lengthBytes),
            parent,
            attributes,
            content);
    publish(file);
    return file;
  }

  /// Adds a file that is not there yet.
  ///
  /// @param parent the directory that the path names
  /// @param path the whole relative path
  public FileInode addFile(
      DirectoryInode parent, byte[] path, Inode.Attributes attributes, FileContent content) {
    return addFile(parent, MemorySegment.ofArray(path), 0, path.length, attributes, content);
  }

  /// Adds a directory that is not there yet.
  ///
  /// @param parent the directory that the path names
  /// @param path holds the whole relative path at `offset`
  public DirectoryInode addDirectory(
      DirectoryInode parent,
      MemorySegment path,
      long offset,
      int lengthBytes,
      Inode.Attributes attributes) {
    DirectoryInode directory =
        new DirectoryInode(
            nextNodeid(path, offset, lengthBytes),
            name(path, offset, lengthBytes),
            parent,
            attributes);
    publish(directory);
    return directory;
  }

  /// Adds a directory that is not there yet.
  ///
  /// @param parent the directory that the path names
  /// @param path the whole relative path
  public DirectoryInode addDirectory(
      DirectoryInode parent, byte[] path, Inode.Attributes attributes) {
    return addDirectory(parent, MemorySegment.ofArray(path), 0, path.length, attributes);
  }

  private void publish(Inode inode) {
    namespace.table().insert(inode);
    inode.parent().append(inode);
  }

  private static byte[] name(MemorySegment path, long offset, int lengthBytes) {
    int start = nameStart(path, offset, lengthBytes);
    byte[] name = new byte[lengthBytes - start];
    MemorySegment.copy(path, ValueLayout.JAVA_BYTE, offset + start, name, 0, name.length);
    return name;
  }

  /// Where the last component starts, counted from the start of the path.
  private static int nameStart(MemorySegment path, long offset, int lengthBytes) {
    int start = lengthBytes;
    while (start > 0 && path.get(ValueLayout.JAVA_BYTE, offset + start - 1) != '/') {
      start--;
    }
    return start;
  }
}
