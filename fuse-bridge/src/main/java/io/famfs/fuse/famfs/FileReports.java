package io.famfs.fuse.famfs;

import io.famfs.fuse.server.FileReport;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.namespace.FileInode;
import java.util.ArrayList;
import java.util.List;

/// Tells whoever looks at a server where a file lies.
final class FileReports {
  private FileReports() {}

  static FileReport of(FileInode file) {
    ExtentMap map = file.extents();
    List<FileReport.Extent> extents = new ArrayList<>();
    for (int i = 0; i < map.rangeCount(); i++) {
      extents.add(
          new FileReport.Extent(
              map.rangeDaxdevIndex(i), map.rangeOffset(i), map.rangeLengthBytes(i)));
    }
    return new FileReport(file.nodeid(), file.path(), file.sizeBytes(), map.chunkBytes(), extents);
  }
}
