package io.famfs.store.repair;

import io.famfs.core.extent.DeviceRange;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// One change of the media. Steps are done in order, each written back before the next.
sealed interface RepairStep {

  /// Stores a structure of the primary device: first the words that differ, then, when those are
  /// written back, the word that makes them count.
  ///
  /// @param offset start of the structure, a multiple of 8
  /// @param content all of it, read-only
  /// @param lastWordAt the word to store last
  record Put(long offset, MemorySegment content, int lastWordAt) implements RepairStep {
    Put(long offset, byte[] bytes, int lastWordAt) {
      this(offset, MemorySegment.ofArray(bytes.clone()).asReadOnly(), lastWordAt);
    }

    byte[] bytes() {
      return content.toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /// Moves entries towards the start of the log, with new sequence numbers.
  ///
  /// @param from first slot
  /// @param to where it goes, less than `from`
  /// @param count how many entries
  record Move(long from, long to, long count) implements RepairStep {}

  /// Copies file data to free space.
  ///
  /// @param from source
  /// @param to destination, of the same length
  record Copy(DeviceRange from, DeviceRange to) implements RepairStep {}

  /// Fills slots of the log with zeros.
  ///
  /// @param slot the first one
  /// @param count how many
  record Clear(long slot, long count) implements RepairStep {}
}
