package io.famfs.fuse.window;

import org.jspecify.annotations.Nullable;

/// Which range of which file is in each place of a window. Linux maps ranges of 2 MiB at multiples
/// of 2 MiB; of other ranges a part counts as the whole.
final class RangeSlots {
  /// Binary logarithm of the bytes of a range (`FUSE_DAX_SHIFT` of Linux).
  static final int RANGE_LOG2 = 21;

  private final @Nullable FileUse[] owners;
  private final int[] ranges;
  private int live;

  /// @param windowBytes at most 2^52
  RangeSlots(long windowBytes) {
    int slots = (int) Math.max(1, windowBytes >>> RANGE_LOG2);
    owners = new FileUse[slots];
    ranges = new int[slots];
  }

  int count() {
    return owners.length;
  }

  int live() {
    return live;
  }

  /// Notes what is in a place now.
  ///
  /// @return false when it was there already
  boolean put(int slot, FileUse file, int range) {
    if (owners[slot] == file && ranges[slot] == range) {
      return false;
    }
    clear(slot);
    owners[slot] = file;
    ranges[slot] = range;
    file.live++;
    live++;
    return true;
  }

  void clear(int slot) {
    FileUse file = owners[slot];
    if (file != null) {
      owners[slot] = null;
      file.live--;
      live--;
    }
  }
}
