package io.famfs.store.repair;

import io.famfs.core.DaxDevice;
import io.famfs.core.format.LogEntryCodec;
import io.famfs.core.format.LogEntryLayout;
import io.famfs.core.format.LogHeaderLayout;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Turns steps into the ranges that they store and the bytes that go there, in order. The same for
/// finding out what will be changed and for changing it.
final class StepWriter {
  /// File data is handled in pieces of this size.
  static final int PIECE_BYTES = 1 << 20;

  /// What is done with a range.
  interface Sink {
    /// Takes a range.
    ///
    /// @param device which device
    /// @param offset where
    /// @param bytes what is stored there
    /// @param lastWordAt the word that is stored last, -1 when the order does not matter
    void store(int device, long offset, byte[] bytes, int lastWordAt) throws IOException;
  }

  private final List<? extends DaxDevice> devices;
  private final Map<Long, byte[]> stored = new HashMap<>();

  StepWriter(List<? extends DaxDevice> devices) {
    this.devices = devices;
  }

  void run(List<RepairStep> steps, Sink sink) throws IOException {
    for (RepairStep step : steps) {
      switch (step) {
        case RepairStep.Put put -> {
          stored.put(put.offset(), put.bytes());
          sink.store(0, put.offset(), put.bytes(), put.lastWordAt());
        }
        case RepairStep.Move move -> move(move, sink);
        case RepairStep.Copy copy -> copy(copy, sink);
        case RepairStep.Clear clear -> clear(clear, sink);
      }
    }
  }

  /// The source of a move is always behind everything that moved before, so it is as the changes in
  /// place have left it.
  private void move(RepairStep.Move move, Sink sink) throws IOException {
    for (long i = 0; i < move.count(); i++) {
      long from = LogHeaderLayout.entryMediaOffset(move.from() + i);
      byte[] changed = stored.get(from);
      byte[] bytes =
          changed == null
              ? Bytes.copy(devices.getFirst(), from, LogEntryLayout.BYTES)
              : changed.clone();
      Bytes.setWord(bytes, LogEntryLayout.SEQNUM_AT, move.to() + i);
      LogEntryCodec.seal(MemorySegment.ofArray(bytes), 0);
      sink.store(0, LogHeaderLayout.entryMediaOffset(move.to() + i), bytes, LogEntryLayout.CRC_AT);
    }
  }

  private void copy(RepairStep.Copy copy, Sink sink) throws IOException {
    DaxDevice source = devices.get(copy.from().daxdevIndex());
    long length = copy.from().lengthBytes();
    for (long at = 0; at < length; at += PIECE_BYTES) {
      int piece = (int) Math.min(PIECE_BYTES, length - at);
      sink.store(
          copy.to().daxdevIndex(),
          copy.to().offset() + at,
          Bytes.copy(source, copy.from().offset() + at, piece),
          -1);
    }
  }

  private void clear(RepairStep.Clear clear, Sink sink) throws IOException {
    for (long i = 0; i < clear.count(); i++) {
      long at = LogHeaderLayout.entryMediaOffset(clear.slot() + i);
      byte[] now = Bytes.copy(devices.getFirst(), at, LogEntryLayout.BYTES);
      if (stored.containsKey(at) || !Bytes.allZero(now)) {
        sink.store(0, at, new byte[LogEntryLayout.BYTES], LogEntryLayout.CRC_AT);
      }
    }
  }
}
