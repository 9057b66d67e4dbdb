package io.famfs.cli;

import io.famfs.core.RandomContent;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Fills one file with the content of a seed, or checks it. The content comes from a sequential
/// generator, so a file is one part; several files are worked on at a time.
final class ContentWork implements Work {

  /// Hears of the end, see [Work#done].
  @FunctionalInterface
  interface Ending {
    /// The file is done with.
    ///
    /// @param firstBad where the first four bytes that differ begin, -1 when none do
    void of(TreeFile file, long firstBad, @Nullable Exception failure) throws IOException;
  }

  private final TreeFile file;
  private final @Nullable RandomContent content;
  private final boolean check;
  private final Progress progress;
  private final Ending ending;
  private long firstBad = -1;

  private ContentWork(
      TreeFile file,
      @Nullable RandomContent content,
      boolean check,
      Progress progress,
      Ending ending) {
    this.file = file;
    this.content = content;
    this.check = check;
    this.progress = progress;
    this.ending = ending;
  }

  /// Fills `file`, which stays as it is without content.
  static ContentWork filling(
      TreeFile file, @Nullable RandomContent content, Progress progress, Ending ending) {
    return new ContentWork(file, content, false, progress, ending);
  }

  /// Compares `file` with content, after a fresh look at the memory.
  static ContentWork checking(
      TreeFile file, RandomContent content, Progress progress, Ending ending) {
    return new ContentWork(file, content, true, progress, ending);
  }

  @Override
  public List<Part> parts() {
    RandomContent stream = content;
    if (stream == null) {
      return List.of();
    }
    return List.of(() -> {
      if (check) {
        file.invalidate();
        file.read(
            0,
            file.sizeBytes(),
            (bytes, _) -> {
              if (firstBad < 0) {
                firstBad = stream.firstDifference(bytes, 0, bytes.byteSize());
              }
              progress.add(bytes.byteSize());
            });
      } else {
        file.fill(
            0,
            file.sizeBytes(),
            (bytes, _) -> {
              stream.fill(bytes, 0, bytes.byteSize());
              progress.add(bytes.byteSize());
            });
      }
    });
  }

  @Override
  public void done(@Nullable Exception failure) throws IOException {
    ending.of(file, firstBad, failure);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
