package io.famfs.fuse.famfs;

import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.server.Connection;
import io.famfs.fuse.server.MappingWindow;
import io.famfs.fuse.window.GovernedWindow;
import io.famfs.fuse.window.GovernorSettings;
import io.famfs.fuse.window.GovernorState;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Puts a [DaxPolicy] into effect. Asked for every file whose attributes are told, so it allocates
/// nothing then and waits for nobody.
final class DaxChoice {
  private final Volume volume;
  private final DaxPolicy policy;
  private final Set<GovernedWindow> governed = ConcurrentHashMap.newKeySet();

  DaxChoice(Volume volume, DaxPolicy policy) {
    this.volume = volume;
    this.policy = policy;
  }

  /// The window as a session is to use it.
  MappingWindow window(MappingWindow granted) {
    if (!(policy instanceof DaxPolicy.Governed)) {
      return granted;
    }
    GovernedWindow window =
        new GovernedWindow(granted, System::nanoTime, GovernorSettings.standard());
    governed.add(window);
    return window;
  }

  /// A session is over.
  void ended(Connection connection) {
    if (connection.window() instanceof GovernedWindow window) {
      governed.remove(window);
    }
  }

  /// The state of the windows of all sessions there are.
  List<GovernorState> states() {
    return governed.stream().map(window -> window.governor().state()).toList();
  }

  /// Whether the client is told to map a file. One that is still new is written by WRITE, and what
  /// it had mapped of it would keep its space when it is given up. One on bad memory is copied, so
  /// that what is not bad can be reached.
  boolean maps(Connection connection, FileInode file) {
    MappingWindow window = connection.window();
    if (window == null || !connection.has(InitFlag.HAS_INODE_DAX) || !file.isCommitted()) {
      return false;
    }
    if (volume.badRanges().touches(file.extents())) {
      return false;
    }
    return switch (policy) {
      case DaxPolicy.Always _ -> WindowMapper.mappable(file, window);
      case DaxPolicy.Never _ -> false;
      case DaxPolicy.FromSize from ->
          file.sizeBytes() >= from.bytes() && WindowMapper.mappable(file, window);
      case DaxPolicy.Governed _ ->
          WindowMapper.worthMapping(file, window) && !isCopied(window, file.nodeid());
    };
  }

  private static boolean isCopied(MappingWindow window, long nodeid) {
    return window instanceof GovernedWindow own && own.governor().copies(nodeid);
  }
}
