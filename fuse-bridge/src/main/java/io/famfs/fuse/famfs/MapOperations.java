package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.fuse.fmap.ExtentLists;
import io.famfs.fuse.fmap.FileMaps;
import io.famfs.fuse.server.Client;
import io.famfs.fuse.server.ClientMaps;
import io.famfs.fuse.server.Request;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import org.jspecify.annotations.Nullable;

/// GET_FMAP and GET_DAXDEV, and what they add to OPEN, RELEASE and LOOKUP, for clients that have
/// agreed on being told where files lie. All others notice nothing. A file that is not in the log
/// yet has no list: it may still grow.
final class MapOperations {
  private final Volume volume;
  private final Namespace namespace;
  private final ExtentLists lists;
  private final FileMaps maps;

  MapOperations(Volume volume, ExtentLists lists) {
    this.volume = volume;
    this.namespace = volume.namespace();
    this.lists = lists;
    this.maps = new FileMaps(volume, lists);
  }

  int devices() {
    return maps.devices();
  }

  int getFmap(Request request) {
    ClientMaps told = told(request);
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    if (told == null || !volume.isReachable(file)) {
      return -Errno.EIO;
    }
    if (!file.isCommitted()) {
      return -Errno.EBUSY;
    }
    return maps.getFmap(request, told, file);
  }

  int getDaxdev(Request request) {
    ClientMaps told = told(request);
    return told == null ? -Errno.EINVAL : FileMaps.getDaxdev(request, told);
  }

  /// An open of a file in the log that has passed every other check.
  ///
  /// @return 0 or a negative errno
  int open(Request request, FileInode file) {
    ClientMaps told = told(request);
    return told == null ? 0 : maps.open(request, told, file);
  }

  /// Whether the client's kernel reads and writes open files by itself.
  static boolean bypasses(Request request) {
    ClientMaps told = told(request);
    return told != null && told.fmap();
  }

  /// Adds the list of extents to a reply, for clients that want it there.
  ///
  /// @param length of the reply's body so far, or a negative errno
  /// @param inode what the reply is about
  /// @return the new length, or the errno
  int append(Request request, int length, @Nullable Inode inode) {
    ClientMaps told = told(request);
    if (told == null || !told.inReplies() || length < 0) {
      return length;
    }
    FileInode file = inode instanceof FileInode found ? found : null;
    return maps.append(request, Request.BODY + length, file) - Request.BODY;
  }

  void release(Request request) {
    Client client = request.connection().client();
    if (client.maps() != null) {
      lists.close(request.nodeid(), client);
    }
  }

  void ended(Client client) {
    if (client.maps() != null) {
      lists.ended(client);
    }
  }

  private static @Nullable ClientMaps told(Request request) {
    return request.connection().client().maps();
  }
}
