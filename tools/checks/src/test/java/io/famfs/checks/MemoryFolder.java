package io.famfs.checks;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// A folder in shared memory for the devices of a test, gone with it.
record MemoryFolder(Path path) implements AutoCloseable {
  static MemoryFolder make() throws IOException {
    Path memory = Path.of("/dev/shm");
    return new MemoryFolder(
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "famfs-test-")
            : Files.createTempDirectory("famfs-test-"));
  }

  /// A server that has just ended may still be taking its socket away.
  @Override
  public void close() throws IOException {
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException cause) throws IOException {
            if (cause instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw cause;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException cause)
              throws IOException {
            if (cause != null) {
              throw cause;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
