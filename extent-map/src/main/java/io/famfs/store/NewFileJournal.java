package io.famfs.store;

import io.famfs.core.extent.DeviceRange;
import java.util.List;

/// Remembers the files that are not in the log yet in memory that outlives this process, so that
/// the next one goes on making them: their bytes are on the devices, nothing else is.
///
/// Each file is called about with its lock held; a place belongs to one file.
public interface NewFileJournal {
  /// The place of a file that is not remembered.
  int NOWHERE = -1;

  /// Remembers nothing.
  NewFileJournal NONE =
      new NewFileJournal() {
        @Override
        public int put(int place, Entry entry) {
          return NOWHERE;
        }

        @Override
        public void size(int place, long sizeBytes) {}

        @Override
        public void remove(int place) {}
      };

  /// A file.
  ///
  /// @param shown the space it shows, zeroed or written
  /// @param spaceKept see [NewFile#keepSpace()]
  /// @param unlinked see [NewFile#unlink()]
  record Entry(
      String path,
      long nodeid,
      NewAttributes attributes,
      long sizeBytes,
      List<DeviceRange> shown,
      boolean spaceKept,
      boolean unlinked) {}

  /// A file is there, or something of it has changed.
  ///
  /// @param place where it was put before, or [#NOWHERE]
  /// @return where it is
  int put(int place, Entry entry);

  /// A file has another size. Allocates nothing.
  void size(int place, long sizeBytes);

  /// A file is in the log, or gone.
  void remove(int place);
}
