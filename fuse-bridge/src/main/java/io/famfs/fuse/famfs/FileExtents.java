package io.famfs.fuse.famfs;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.ExtentList;
import io.famfs.core.extent.Fmap;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import java.util.TreeMap;
import java.util.UUID;

/// The list of extents of a file, for those who map devices themselves. Made anew by every call;
/// the data path has [io.famfs.store.extent.ExtentMap].
final class FileExtents {
  private FileExtents() {}

  static ExtentList of(Volume volume, FileInode file) {
    Fmap map = file.fmap();
    TreeMap<Integer, UUID> devices = new TreeMap<>();
    for (DeviceRange range : map.ranges()) {
      devices.put(range.daxdevIndex(), volume.deviceUuid(range.daxdevIndex()));
    }
    return new ExtentList(file.sizeBytes(), map, devices);
  }
}
