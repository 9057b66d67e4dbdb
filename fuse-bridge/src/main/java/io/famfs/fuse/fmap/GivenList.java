package io.famfs.fuse.fmap;

import io.famfs.store.extent.ExtentMap;
import org.jspecify.annotations.Nullable;

/// The list of one file as clients were given it, and the answers made of it. The links and the
/// count belong to [ExtentLists] and its lock.
final class GivenList {
  final long nodeid;
  private final ExtentMap map;
  private final long fileBytes;
  private @Nullable MapAnswer asItIs;
  private @Nullable MapAnswer unrolled;

  /// How many handles clients have on it.
  int opens;

  /// The next one with the same hash.
  @Nullable GivenList chained;

  /// Neighbours among those that nobody has open.
  @Nullable GivenList older;

  @Nullable GivenList newer;

  GivenList(long nodeid, ExtentMap map, long fileBytes) {
    this.nodeid = nodeid;
    this.map = map;
    this.fileBytes = fileBytes;
  }

  /// Whether a client that is told another file's map or size would be told the same.
  boolean same(ExtentMap other, long otherBytes) {
    if (fileBytes != otherBytes) {
      return false;
    }
    if (map == other) {
      return true;
    }
    boolean equal =
        map.chunkBytes() == other.chunkBytes() && map.rangeCount() == other.rangeCount();
    for (int i = 0; equal && i < map.rangeCount(); i++) {
      equal =
          map.rangeDaxdevIndex(i) == other.rangeDaxdevIndex(i)
              && map.rangeOffset(i) == other.rangeOffset(i)
              && map.rangeLengthBytes(i) == other.rangeLengthBytes(i);
    }
    return equal;
  }

  /// The answer in a form, made at the first call.
  synchronized MapAnswer answer(MapForm form) {
    MapAnswer made = form == MapForm.AS_IT_IS ? asItIs : unrolled;
    if (made == null) {
      made = MapAnswer.of(map, fileBytes, form);
      if (form == MapForm.AS_IT_IS || map.chunkBytes() == 0) {
        asItIs = made;
      }
      if (form == MapForm.UNROLLED || map.chunkBytes() == 0) {
        unrolled = made;
      }
    }
    return made;
  }
}
