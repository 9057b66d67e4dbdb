package io.famfs.store;

import io.famfs.store.health.BadRanges;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import io.famfs.store.namespace.Namespace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Goes through all files of a volume.
final class FileWalk {
  private FileWalk() {}

  /// The files with space in ranges.
  static List<FileInode> touching(Namespace namespace, BadRanges ranges) {
    List<FileInode> found = new ArrayList<>();
    if (ranges.isEmpty()) {
      return found;
    }
    Deque<DirectoryInode> open = new ArrayDeque<>(List.of(namespace.root()));
    while (!open.isEmpty()) {
      DirectoryInode directory = open.pop();
      int count = directory.childCount();
      for (int i = 0; i < count; i++) {
        Inode child = directory.child(i);
        if (child instanceof DirectoryInode below) {
          open.push(below);
        } else if (child instanceof FileInode file && ranges.touches(file.extents())) {
          found.add(file);
        }
      }
    }
    return found;
  }
}
