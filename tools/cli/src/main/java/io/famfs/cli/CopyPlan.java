package io.famfs.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What is to be copied, in order: a directory before what it holds.
///
/// @param items everything
/// @param intoDirectory whether the destination has to be a directory
record CopyPlan(List<Item> items, boolean intoDirectory) {

  /// One thing to copy.
  ///
  /// @param source on this host
  /// @param target below the destination; "" for the destination itself
  /// @param directory whether it is a directory
  /// @param sizeBytes its size, 0 for a directory
  record Item(Path source, String target, boolean directory, long sizeBytes) {}

  /// Plans a copy. Names that `wanted` refuses are left out with all they hold.
  static CopyPlan of(List<Path> sources, boolean recursive, Predicate<Path> wanted)
      throws IOException {
    List<Item> items = new ArrayList<>();
    boolean intoDirectory = sources.size() > 1;
    for (Path source : sources) {
      if (Files.isDirectory(source)) {
        if (!recursive) {
          throw new CliException(source + " is a directory: add -r to copy what it holds");
        }
        intoDirectory = true;
        addTree(source, "", wanted, items);
      } else if (Files.isRegularFile(source)) {
        String name = source.toAbsolutePath().getFileName().toString();
        items.add(new Item(source, name, false, Files.size(source)));
      } else if (Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
        throw new CliException(source + " is neither a file nor a directory");
      } else {
        throw new CliException(source + ": no such file or directory");
      }
    }
    return new CopyPlan(items, intoDirectory);
  }

  /// The same plan for a destination that has to be a directory.
  CopyPlan towardsDirectory() {
    return new CopyPlan(items, true);
  }

  /// Whether the plan itself makes the destination where it is missing.
  boolean makesDestination() {
    return items.stream().anyMatch(item -> item.directory() && item.target().isEmpty());
  }

  long totalBytes() {
    return items.stream().mapToLong(Item::sizeBytes).sum();
  }

  private static void addTree(
      Path directory, String prefix, Predicate<Path> wanted, List<Item> items) throws IOException {
    items.add(new Item(directory, prefix, true, 0));
    List<Path> entries;
    try (Stream<Path> list = Files.list(directory)) {
      entries = list.sorted().toList();
    }
    for (Path entry : entries) {
      String target = prefix.isEmpty() ? name(entry) : prefix + "/" + name(entry);
      if (!wanted.test(entry)) {
        continue;
      }
      if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        addTree(entry, target, wanted, items);
      } else {
        // A link is taken as what it points to; what is no file at all is refused when its turn
        // comes, so that one odd entry does not stop the rest.
        long size = Files.isRegularFile(entry) ? Files.size(entry) : 0;
        items.add(new Item(entry, target, false, size));
      }
    }
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }
}
