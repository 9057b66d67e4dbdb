package io.famfs.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Pipes for tests, made with the tools of the host.
final class Pipes {
  private Pipes() {}

  /// A named pipe at `path`.
  static void create(Path path) throws IOException {
    Process process = new ProcessBuilder("mkfifo", path.toString()).inheritIO().start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("mkfifo " + path + " failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /// A blocking pipe, open at both ends.
  static Fd open() throws IOException {
    Path folder = Files.createTempDirectory("pipe");
    Path path = folder.resolve("pipe");
    create(path);
    Fd fd = Fd.open(path, Fd.O_RDWR, 0);
    Files.delete(path);
    Files.delete(folder);
    return fd;
  }
}
