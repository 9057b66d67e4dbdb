package io.famfs.e2e;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// The directory in which fetched packages lie unpacked, shared by all processes of a user.
///
/// @param directory `$FAMFS_E2E_CACHE`, else `$XDG_CACHE_HOME/famfs/e2e`, else `~/.cache/famfs/e2e`
record VmCache(Path directory) {
  private static final ReentrantLock ONE_FETCH_PER_PROCESS = new ReentrantLock();

  /// What shows that a fetch was worth it.
  @FunctionalInterface
  interface Trial {
    /// Uses what was fetched.
    ///
    /// @throws VmUnavailableException when it does not run here
    void run() throws IOException, InterruptedException;
  }

  /// The cache that the environment names.
  static VmCache of(Map<String, String> environment) throws VmUnavailableException {
    String own = environment.getOrDefault("FAMFS_E2E_CACHE", "");
    if (!own.isBlank()) {
      return new VmCache(Path.of(own).toAbsolutePath());
    }
    Path base = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
    if (!base.isAbsolute()) {
      base = Path.of(System.getProperty("user.home", ""), ".cache");
    }
    if (!base.isAbsolute()) {
      throw new VmUnavailableException(
          "there is no place to keep a VM: this user has no home directory, set FAMFS_E2E_CACHE");
    }
    return new VmCache(base.resolve("famfs").resolve("e2e"));
  }

  /// Where a part lies, or would.
  Path of(Wanted part) {
    return directory.resolve(part.directory());
  }

  /// Fetches what is not there whole; without a fetch neither the lock nor the network is touched.
  ///
  /// Concurrent callers, also of other processes, wait for one fetch.
  ///
  /// @param trial run after a fetch
  /// @throws VmUnavailableException when it cannot be had; one sentence for the user
  void obtain(List<Wanted> parts, Progress progress, Trial trial)
      throws VmUnavailableException, InterruptedException {
    if (parts.stream().allMatch(this::isWhole)) {
      return;
    }
    ONE_FETCH_PER_PROCESS.lockInterruptibly();
    try {
      Files.createDirectories(directory);
      try (FileChannel file =
              FileChannel.open(
                  directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock _ = lock(file, progress)) {
        for (Wanted part : parts) {
          if (!isWhole(part)) {
            fetch(part, progress);
          }
        }
        trial.run();
      }
    } catch (VmUnavailableException e) {
      throw e;
    } catch (IOException e) {
      throw new VmUnavailableException("cannot fetch into " + directory + ": " + reason(e), e);
    } finally {
      ONE_FETCH_PER_PROCESS.unlock();
    }
  }

  private static FileLock lock(FileChannel file, Progress progress) throws IOException {
    FileLock lock = file.tryLock();
    if (lock == null) {
      progress.say("waiting for another process that fetches packages");
      lock = file.lock();
    }
    return lock;
  }

  private void fetch(Wanted part, Progress progress) throws IOException, InterruptedException {
    dropRemains();
    Path partial = Files.createTempDirectory(directory, part.directory() + ".partial-");
    try {
      VmFetch.into(part, partial, progress);
      VmFetch.deleteTree(of(part));
      Files.move(partial, of(part), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      VmFetch.deleteTree(partial);
    }
  }

  /// Deletes what fetches left behind that were killed; called with the lock held.
  private void dropRemains() throws IOException {
    List<Path> remains;
    try (Stream<Path> listing = Files.list(directory)) {
      remains = listing.filter(p -> p.getFileName().toString().contains(".partial-")).toList();
    }
    for (Path p : remains) {
      VmFetch.deleteTree(p);
    }
  }

  private boolean isWhole(Wanted part) {
    return Manifest.read(of(part)).map(m -> m.matches(of(part))).orElse(false);
  }

  /// A file system exception often has only the path as its message.
  private static String reason(IOException e) {
    return e instanceof FileSystemException f && f.getReason() == null
        ? e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage()
        : String.valueOf(e.getMessage());
  }
}
