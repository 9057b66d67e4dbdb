package io.famfs.fuse.server;

import java.util.List;

/// The DAX window of one connection, as the server needs it.
///
/// Offsets and lengths are bytes and multiples of the alignment. All methods may be called by many
/// workers at once.
public interface MappingWindow {

  /// The coarsest alignment a Linux guest can live with: it maps ranges of 2 MiB, and gives up a
  /// connection whose alignment does not divide them (`fs/fuse/inode.c`, `process_init_reply`).
  int MAX_ALIGNMENT_LOG2 = 21;

  /// Size of the window.
  long sizeBytes();

  /// The binary logarithm of the granularity of every offset and length; 12 is a page.
  int alignmentLog2();

  /// Whether nothing can be stored through a map that is not writable. Otherwise it is the guest's
  /// kernel alone that keeps its programs from it, and clients that may change nothing have no
  /// window.
  default boolean enforcesReadOnly() {
    return false;
  }

  /// Makes device memory appear in the window, all of it or none. What was mapped there before is
  /// replaced.
  ///
  /// @param nodeid the file, for accounting
  /// @param fileOffset where in the file the range begins
  /// @param windowOffset where in the window the range begins
  /// @param lengthBytes length of the range
  /// @param pieces cover the range in order and without holes; the caller's, read before the call
  ///   returns
  /// @param writable whether the client may ever store there. Not whether it asked to now: a map
  ///   that is made writable later has to be taken out first, and the guest's other processors
  ///   would read zeros meanwhile
  /// @return 0 or a negative errno, never ENOMEM or EAGAIN: Linux repeats a fault for ever on those
  int map(
      long nodeid,
      long fileOffset,
      long windowOffset,
      long lengthBytes,
      WindowPieces pieces,
      boolean writable);

  /// Takes a range out of the window; what is not mapped is passed over.
  ///
  /// @return 0 or a negative errno
  int unmap(long windowOffset, long lengthBytes);

  /// Takes a range of a device out of the window, wherever it appears. The guest is not asked: it
  /// sees what it sees where nothing is mapped.
  ///
  /// @return 0 or a negative errno
  int withdraw(int deviceIndex, long deviceOffset, long lengthBytes);

  /// What the window shows now; takes no lock.
  default WindowReport report() {
    return new WindowReport(sizeBytes(), List.of(), 0, 0, 0);
  }

  /// Takes everything out of the window: at DESTROY, at a new INIT and when the session ends.
  void unmapAll();
}
