package io.famfs.store.crash;

import java.util.List;

/// One thing that an operation did to its devices.
public sealed interface StoreEvent {

  /// An aligned word of 8 bytes that got a new value.
  ///
  /// @param offset its place on the device, a multiple of 8
  /// @param value the value, little-endian
  record Word(long offset, long value) {}

  /// A call that stored. The words of one call may reach a cache line in any order.
  ///
  /// @param device index of the device
  /// @param offset first byte of the range
  /// @param lengthBytes length of the range
  /// @param words the words of the range that got another value
  record Stored(int device, long offset, long lengthBytes, List<Word> words) implements StoreEvent {
    public Stored {
      words = List.copyOf(words);
    }
  }

  /// A range was written back; what is stored afterwards is ordered behind it.
  ///
  /// @param device index of the device
  /// @param offset first byte
  /// @param lengthBytes length
  record WrittenBack(int device, long offset, long lengthBytes) implements StoreEvent {}

  /// An operation returned to its caller.
  record Finished() implements StoreEvent {}
}
