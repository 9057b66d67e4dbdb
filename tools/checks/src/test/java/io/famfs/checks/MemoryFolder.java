package io.famfs.checks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A folder in shared memory for the devices of a test, gone with it.
record MemoryFolder(Path path) implements AutoCloseable {
  static MemoryFolder make() throws IOException {
    Path memory = Path.of("/dev/shm");
    return new MemoryFolder(
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "famfs-test-")
            : Files.createTempDirectory("famfs-test-"));
  }

  @Override
  public void close() throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(path)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }
}
