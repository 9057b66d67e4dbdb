package io.famfs.core;

import java.lang.foreign.MemorySegment;

/// A range of byte-addressable memory that a store lives on, as the store needs it.
///
/// Offsets and lengths are in bytes from the start of the device. A range that does not lie inside
/// `0..sizeBytes()` is a mistake of the caller and throws [IndexOutOfBoundsException]. An access to
/// [#memory()] may throw [InternalError] when the memory behind the mapping has gone (a shrunk
/// file, a memory error); callers that serve peers catch it at their request boundary.
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

  /// Makes stores into the range visible to every other user of this memory, and durable where the
  /// device is persistent. Returns when that has happened: stores after this call are ordered after
  /// the range.
  void writeBack(long offset, long lengthBytes);

  /// Drops what this host's processor may have cached of the range, so that the next load sees what
  /// others have written back.
  void invalidate(long offset, long lengthBytes);

  /// Makes the range read as zeros, by the cheapest way the device has.
  void zero(long offset, long lengthBytes);

  @Override
  void close();
}
