package io.famfs.core;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/// A range of byte-addressable memory that a store lives on, as the store needs it.
///
/// Offsets and lengths are in bytes from the start of the device. A range that does not lie inside
/// `0..sizeBytes()` is a mistake of the caller and throws [IndexOutOfBoundsException]. An access to
/// [#memory()] may throw [InternalError] when the memory behind the mapping has gone (a shrunk
/// file, a memory error); callers that serve peers catch it at their request boundary.
///
/// Metadata is stored by [#store], [#storeLong] and [#zero] only, so that a device which wraps
/// another one sees every store in order, with the write-backs between them. File data is stored
/// straight into [#memory()].
public interface DaxDevice extends AutoCloseable {

  /// The name an operator knows this device by, normally its path on this host.
  String name();

  /// The whole device, mapped. Bounds are `sizeBytes()`; read-only when [#writable()] is false.
  MemorySegment memory();

  /// Usable size.
  long sizeBytes();

  /// Whether stores into [#memory()] are allowed.
  boolean writable();

  /// The granularity, a power of two, to which any mapping of this device has to be aligned.
  int alignmentBytes();

  /// Stores bytes. In which order they reach the memory is open, but none is stored before this
  /// call, and each aligned word of 8 bytes is stored whole.
  ///
  /// @param source the bytes, all of them; not part of this device
  /// @param offset where the first one goes
  /// @throws IndexOutOfBoundsException when they do not fit
  /// @throws UnsupportedOperationException or [IllegalArgumentException] when the device is
  ///   read-only
  default void store(MemorySegment source, long offset) {
    MemorySegment.copy(source, 0, memory(), offset, source.byteSize());
  }

  /// Stores a little-endian word with release: whoever loads it with acquire sees every store made
  /// before, and a cache line that holds it holds what this thread stored into it before.
  ///
  /// @param offset a multiple of 8
  /// @throws IndexOutOfBoundsException when it does not fit
  /// @throws UnsupportedOperationException or [IllegalArgumentException] when the device is
  ///   read-only
  default void storeLong(long offset, long value) {
    ValueLayout.JAVA_LONG
        .withOrder(ByteOrder.LITTLE_ENDIAN)
        .varHandle()
        .setRelease(memory(), offset, value);
  }

  /// Whether every user of this memory sees the stores of all others without [#writeBack] and
  /// [#invalidate]: those of data, at every read and write, can be spared then.
  default boolean coherent() {
    return true;
  }

  /// Makes stores into the range visible to every other user of this memory, and durable where the
  /// device is persistent. Returns when that has happened: stores after this call are ordered after
  /// the range.
  void writeBack(long offset, long lengthBytes);

  /// Drops what this host's processor may have cached of the range, so that the next load sees what
  /// others have written back.
  void invalidate(long offset, long lengthBytes);

  /// Makes the range read as zeros, by the cheapest way the device has.
  void zero(long offset, long lengthBytes);

  /// How much is lost at once when memory fails: a power of two.
  default int pageBytes() {
    return 4096;
  }

  /// Looks whether the page that holds a byte can be loaded. Meant for memory that an access has
  /// failed on; what it finds is told and not thrown.
  default MemoryState probe(long offset) {
    long page = offset & -pageBytes();
    try {
      Lines.load(memory(), page, Math.min(pageBytes(), sizeBytes() - page));
      return MemoryState.READABLE;
    } catch (InternalError e) {
      return MemoryState.GONE;
    }
  }

  /// What the system lists as bad memory of this device, in any order; ranges may overlap. Empty
  /// where it keeps no such list.
  ///
  /// @throws IOException when there is a list and it cannot be read or understood
  default List<MemoryRange> listedBad() throws IOException {
    return List.of();
  }

  @Override
  void close();
}
