package io.famfs.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Works on several files at once: their parts on a few threads, the end of each on the caller's,
/// in the order they were added. So what goes into a log has the same order whatever the threads
/// do.
///
/// Owned by one thread. An operating error is the end of its file only. Anything else (memory that
/// has gone, a mistake of ours) is thrown by the call that meets it.
final class WorkQueue implements AutoCloseable {
  private final ExecutorService threads;
  private final int limit;
  private final Deque<Job> jobs = new ArrayDeque<>();
  private volatile boolean closed;

  /// @param threadCount how many parts run at a time, 1 or more
  WorkQueue(int threadCount) {
    threads = Executors.newFixedThreadPool(threadCount);
    // Each has open files and space that is taken; a few more than the threads need keep them busy.
    limit = 4 * threadCount;
  }

  /// Starts work on a file, once there is room; the queue closes it.
  void add(Work work) throws IOException {
    boolean room = false;
    try {
      while (jobs.size() >= limit) {
        finishFirst();
      }
      room = true;
    } finally {
      if (!room) {
        work.close();
      }
    }
    Job job = new Job(work);
    jobs.add(job);
    for (Work.Part part : work.parts()) {
      job.parts.add(CompletableFuture.runAsync(() -> run(job, part), threads));
    }
  }

  /// Ends the work on every file.
  void finish() throws IOException {
    while (!jobs.isEmpty()) {
      finishFirst();
    }
  }

  private void run(Job job, Work.Part part) {
    if (job.failure != null || closed) {
      return;
    }
    try {
      part.run();
    } catch (Throwable t) {
      // Thrown on by the owner's thread, or the failure of the file.
      job.failure = t;
    }
  }

  private void finishFirst() throws IOException {
    Job job = jobs.remove();
    try (Work work = job.work) {
      job.await();
      work.done(job.operatingError());
    }
  }

  /// Waits for the parts that run; what is not finished is given up.
  @Override
  public void close() throws IOException {
    closed = true;
    threads.close();
    while (!jobs.isEmpty()) {
      jobs.remove().work.close();
    }
  }

  private static final class Job {
    final Work work;
    final List<CompletableFuture<Void>> parts = new ArrayList<>();
    volatile @Nullable Throwable failure;

    Job(Work work) {
      this.work = work;
    }

    void await() {
      parts.forEach(CompletableFuture::join);
    }

    @Nullable Exception operatingError() {
      return switch (failure) {
        case null -> null;
        case IOException e -> e;
        case UncheckedIOException e -> e;
        case CliException e -> e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable t -> throw new IllegalStateException(t);
      };
    }
  }
}
