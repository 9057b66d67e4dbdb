package io.famfs.virtiofs;

import io.famfs.virtio.BufferList;
import java.lang.foreign.MemorySegment;

/// A request whose reply comes later.
final class KeptChain {
  final int head;
  final int descriptors;
  final BufferList writable;

  /// The reply, as it goes to the guest.
  final MemorySegment reply;

  /// @param reply what is sent when nothing else is given in time
  KeptChain(int head, int descriptors, BufferList writable, MemorySegment reply) {
    this.head = head;
    this.descriptors = descriptors;
    this.writable = writable;
    this.reply = reply;
  }
}
