package io.famfs.cli;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// The bytes of one file of a [Tree]. Any number of threads fill and look at it, in ranges that do
/// not overlap; one commits and closes it when they are done.
interface TreeFile extends AutoCloseable {
  /// The most that a [Piece] is shown at a time; every time but the last of a range it is a
  /// multiple of 4096 bytes.
  long STEP_BYTES = 1L << 20;

  /// Does something with consecutive bytes of the file.
  @FunctionalInterface
  interface Piece {
    void at(MemorySegment bytes, long fileOffset) throws IOException;
  }

  /// Its size.
  long sizeBytes();

  /// Lets `piece` write every byte of a range, in order, and writes them back to whoever shares the
  /// memory.
  void fill(long offset, long lengthBytes, Piece piece) throws IOException;

  /// Shows `piece` every byte of a range, in order.
  void read(long offset, long lengthBytes, Piece piece) throws IOException;

  /// Drops what this host may have kept of the file, so that what others wrote is seen.
  void invalidate() throws IOException;

  /// Says that the file is filled: a new one is published now.
  void commit() throws IOException;

  /// Gives up what was not committed.
  @Override
  void close() throws IOException;
}
