package io.famfs.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The copy of one file, or its comparison.
final class CopyWork implements Work {
  /// Large enough that taking a part costs nothing, small enough that threads end together.
  private static final long PART_BYTES = 16L << 20;

  /// What is done with each part.
  enum Kind {
    /// The target is new and full of zeros: holes of the source are left out.
    FRESH,
    /// The target has other bytes.
    REFILL,
    /// The target may be equal: what is equal is left alone.
    MEND,
    /// Nothing is written.
    COMPARE
  }

  /// Hears of the end, see [Work#done].
  @FunctionalInterface
  interface Ending {
    void of(CopyWork work, @Nullable Exception failure) throws IOException;
  }

  private final Kind kind;
  private final CopySource source;
  private final TreeFile target;
  private final Progress progress;
  private final Ending ending;
  private final AtomicLong firstDifference = new AtomicLong(Long.MAX_VALUE);
  private final AtomicBoolean written = new AtomicBoolean();

  CopyWork(Kind kind, CopySource source, TreeFile target, Progress progress, Ending ending) {
    this.kind = kind;
    this.source = source;
    this.target = target;
    this.progress = progress;
    this.ending = ending;
  }

  CopySource source() {
    return source;
  }

  TreeFile target() {
    return target;
  }

  Kind kind() {
    return kind;
  }

  /// Whether a byte of the target was written.
  boolean written() {
    return written.get();
  }

  /// Where source and target differ first, [Long#MAX_VALUE] when they are equal; for COMPARE only.
  long firstDifference() {
    return firstDifference.get();
  }

  @Override
  public List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    for (long at = 0; at < source.sizeBytes(); at += PART_BYTES) {
      long offset = at;
      long length = Math.min(PART_BYTES, source.sizeBytes() - at);
      parts.add(() -> work(offset, length));
    }
    return parts;
  }

  private void work(long offset, long length) throws IOException {
    switch (kind) {
      case FRESH -> fillData(offset, offset + length);
      case REFILL -> fill(offset, length);
      case MEND -> {
        if (difference(offset, length) >= 0) {
          fill(offset, length);
        } else {
          progress.add(length);
        }
      }
      case COMPARE -> {
        // Parts begin in order, so what is left out lies behind a difference that is known.
        long found = firstDifference() < offset ? -1 : difference(offset, length);
        if (found >= 0) {
          firstDifference.accumulateAndGet(found, Math::min);
        }
        progress.add(length);
      }
    }
  }

  private void fill(long offset, long length) throws IOException {
    written.set(true);
    target.fill(
        offset,
        length,
        (bytes, at) -> {
          source.read(bytes, at);
          progress.add(bytes.byteSize());
        });
  }

  private void fillData(long offset, long end) throws IOException {
    long at = offset;
    while (at < end) {
      long data = source.dataFrom(at, end);
      long dataEnd = data < end ? source.dataEnd(data, end) : end;
      progress.add(data - at);
      if (data < end) {
        fill(data, dataEnd - data);
      }
      at = dataEnd;
    }
  }

  /// Where source and target first differ in a range, -1 when they do not.
  private long difference(long offset, long length) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.min(length, TreeFile.STEP_BYTES), Long.BYTES);
      Comparison comparison = new Comparison(source, buffer);
      target.read(offset, length, comparison);
      return comparison.found;
    }
  }

  private static final class Comparison implements TreeFile.Piece {
    private final CopySource source;
    private final MemorySegment buffer;
    private long found = -1;

    Comparison(CopySource source, MemorySegment buffer) {
      this.source = source;
      this.buffer = buffer;
    }

    @Override
    public void at(MemorySegment bytes, long fileOffset) throws IOException {
      if (found >= 0) {
        return;
      }
      MemorySegment expected = buffer.asSlice(0, bytes.byteSize());
      source.read(expected, fileOffset);
      long mismatch = expected.mismatch(bytes);
      if (mismatch >= 0) {
        found = fileOffset + mismatch;
      }
    }
  }

  @Override
  public void done(@Nullable Exception failure) throws IOException {
    ending.of(this, failure);
  }

  @Override
  public void close() throws IOException {
    try (CopySource _ = source) {
      target.close();
    }
  }
}
