package io.famfs.fuse.window;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Files by nodeid, found without allocating. Grows up to a limit.
final class FileUses {
  private static final int FIRST_CAPACITY = 64;
  private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

  private final int limit;
  private @Nullable FileUse[] table = new FileUse[FIRST_CAPACITY];
  private int count;

  /// @param limit most files
  FileUses(int limit) {
    this.limit = limit;
  }

  /// The file, made when it is new; null when there are as many as there may be.
  @Nullable FileUse get(long nodeid) {
    int at = place(nodeid);
    FileUse found = table[at];
    if (found != null || count == limit) {
      return found;
    }
    FileUse made = new FileUse(nodeid);
    table[at] = made;
    count++;
    if (count > table.length / 2) {
      rebuild(table.length * 2, file -> true);
    }
    return made;
  }

  /// Keeps only some.
  void retain(Predicate<FileUse> kept) {
    rebuild(table.length, kept);
  }

  /// All of them, as they are now.
  List<FileUse> list() {
    List<FileUse> list = new ArrayList<>(count);
    for (FileUse file : table) {
      if (file != null) {
        list.add(file);
      }
    }
    return list;
  }

  /// Those that are copied.
  List<FileUse> copied() {
    List<FileUse> list = list();
    list.removeIf(file -> !file.copied);
    return list;
  }

  /// Ranges in use of files that are not copied.
  long workingSet() {
    long sum = 0;
    for (FileUse file : table) {
      sum += file == null || file.copied ? 0 : file.workingSet();
    }
    return sum;
  }

  /// Begins to count anew what is mapped again.
  void beginEpoch() {
    for (FileUse file : table) {
      if (file != null) {
        file.again = 0;
      }
    }
  }

  private void rebuild(int capacity, Predicate<FileUse> kept) {
    @Nullable FileUse[] old = table;
    table = new FileUse[capacity];
    count = 0;
    for (FileUse file : old) {
      if (file != null && kept.test(file)) {
        table[place(file.nodeid)] = file;
        count++;
      }
    }
  }

  /// Where the file is or would be; the table is never full.
  private int place(long nodeid) {
    int mask = table.length - 1;
    int at = (int) ((nodeid * SPREAD) >>> 32) & mask;
    for (FileUse file = table[at]; file != null && file.nodeid != nodeid; file = table[at]) {
      at = (at + 1) & mask;
    }
    return at;
  }
}
