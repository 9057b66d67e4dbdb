package io.famfs.store.namespace;

import java.util.Arrays;
import java.util.UUID;

/// The one writer of a namespace. Calls are made by one thread at a time, in the order of the log.
public final class NamespaceWriter {
  private final Namespace namespace = new Namespace();
  private final SipHash identity;

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

  /// The nodeid that an inode made next at this path gets: 63 bits of SipHash-2-4 of the path,
  /// keyed with the uuid of the volume; 0 and 1 and numbers in use are passed over upwards.
  ///
  /// It follows from the log alone, so every host finds the same number.
  public long nextNodeid(byte[] path) {
    long nodeid = identity.hash(path) >>> 1;
    while (nodeid <= Inode.ROOT_NODEID || namespace.inode(nodeid) != null) {
      nodeid = (nodeid + 1) & Long.MAX_VALUE;
    }
    return nodeid;
  }

  /// Adds a file that is not there yet.
  ///
  /// @param parent the directory that the path names
  /// @param path the whole relative path
  public FileInode addFile(
      DirectoryInode parent, byte[] path, Inode.Attributes attributes, FileContent content) {
    FileInode file =
        new FileInode(nextNodeid(path), lastComponent(path), parent, attributes, content);
    publish(file);
    return file;
  }

  /// Adds a directory that is not there yet.
  ///
  /// @param parent the directory that the path names
  /// @param path the whole relative path
  public DirectoryInode addDirectory(
      DirectoryInode parent, byte[] path, Inode.Attributes attributes) {
    DirectoryInode directory =
        new DirectoryInode(nextNodeid(path), lastComponent(path), parent, attributes);
    publish(directory);
    return directory;
  }

  private void publish(Inode inode) {
    namespace.table().insert(inode);
    inode.parent().append(inode);
  }

  private static byte[] lastComponent(byte[] path) {
    int start = path.length;
    while (start > 0 && path[start - 1] != '/') {
      start--;
    }
    return Arrays.copyOfRange(path, start, path.length);
  }
}
