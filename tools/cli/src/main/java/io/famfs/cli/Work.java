package io.famfs.cli;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a [WorkQueue] does with one file.
interface Work extends AutoCloseable {

  /// A part of it that needs no other part.
  @FunctionalInterface
  interface Part {
    void run() throws IOException;
  }

  /// The parts, for any thread and in any order.
  List<Part> parts();

  /// Every part is done, or one has failed and the rest is not worth doing. Called by the thread
  /// that owns the queue, for one file after the other in the order in which they were added.
  ///
  /// @param failure why, null when all parts are done
  void done(@Nullable Exception failure) throws IOException;

  /// Releases what it holds; the last call in every case.
  @Override
  void close() throws IOException;
}
