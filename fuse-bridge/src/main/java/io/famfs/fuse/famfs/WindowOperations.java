package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.core.MemoryRange;
import io.famfs.fuse.protocol.SetupMappingIn;
import io.famfs.fuse.server.Connection;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.server.Request;
import io.famfs.store.NewFile;
import io.famfs.store.Volume;
import io.famfs.store.health.BadRange;
import io.famfs.store.health.BadRanges;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// SETUPMAPPING. Bad memory is never mapped, and taken out of every window as soon as it is known.
final class WindowOperations {
  private static final Logger LOG = System.getLogger(WindowOperations.class.getName());
  private static final long ANY_FH = -1;

  private final Volume volume;
  private final Namespace namespace;
  private final DataCoherence coherence;
  private final FilesInMaking making;

  /// Those that show device memory, or have shown some.
  private final Set<MappingWindow> windows = ConcurrentHashMap.newKeySet();

  WindowOperations(Volume volume, DataCoherence coherence, FilesInMaking making) {
    this.volume = volume;
    this.namespace = volume.namespace();
    this.coherence = coherence;
    this.making = making;
  }

  int setupMapping(Request request) {
    long fh = SetupMappingIn.fh(request.in(), Request.ARGUMENTS);
    if (fh != ANY_FH && fh != request.nodeid()) {
      return -Errno.EBADF;
    }
    Inode inode = namespace.inode(request.nodeid());
    if (!(inode instanceof FileInode file)) {
      return inode == null ? -Errno.ESTALE : -Errno.EISDIR;
    }
    if (!volume.isReachable(file)) {
      return -Errno.EIO;
    }
    MappingWindow window = request.connection().window();
    if (window == null) {
      return -Errno.EOPNOTSUPP;
    }
    return file.isCommitted() ? map(request, file, window) : mapNew(request, file, window);
  }

  /// A file that is new keeps the space that a guest can see, even if it shrinks or goes.
  private int mapNew(Request request, FileInode file, MappingWindow window) {
    NewFile made = making.lock(file);
    if (made == null) {
      return file.isCommitted() ? map(request, file, window) : -Errno.ESTALE;
    }
    try {
      made.keepSpace();
      return map(request, file, window);
    } finally {
      made.unlock();
    }
  }

  private int map(Request request, FileInode file, MappingWindow window) {
    Scratch scratch = Scratch.of(request);
    if (!windows.contains(window)) {
      enter(request.connection(), window);
    }
    BadRanges bad = volume.badRanges();
    int result = WindowMapper.map(request, file, window, !request.view().readOnly(), scratch, bad);
    if (result < 0) {
      return result;
    }
    BadRanges now = volume.badRanges();
    if (!now.equals(bad)) {
      // What has become bad meanwhile was perhaps taken out before it was put in.
      withdraw(now);
      result = WindowMapper.map(request, file, window, !request.view().readOnly(), scratch, now);
      if (result < 0) {
        return result;
      }
    }
    long offset = SetupMappingIn.foffset(request.in(), Request.ARGUMENTS);
    long lengthBytes = SetupMappingIn.len(request.in(), Request.ARGUMENTS);
    boolean stores = WindowMapper.stores(request);
    int fresh = coherence.mapped(file, offset, lengthBytes, stores, scratch.cursor);
    return fresh < 0 ? fresh : result;
  }

  private void enter(Connection connection, MappingWindow window) {
    windows.add(window);
    if (connection.client().ended()) {
      windows.remove(window);
    }
  }

  /// Takes bad memory out of all windows.
  void withdraw(BadRanges bad) {
    for (MappingWindow window : windows) {
      for (BadRange found : bad.list()) {
        MemoryRange range = found.range();
        int result = window.withdraw(found.daxdevIndex(), range.offset(), range.lengthBytes());
        if (result < 0) {
          LOG.log(Level.WARNING, "bad memory stays in a window: {0}", Errno.describe(-result));
        }
      }
    }
  }

  void ended(Connection connection) {
    MappingWindow window = connection.window();
    if (window != null) {
      windows.remove(window);
    }
  }
}
