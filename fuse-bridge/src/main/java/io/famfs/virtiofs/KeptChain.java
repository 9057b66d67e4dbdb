package io.famfs.virtiofs;

import io.famfs.virtio.BufferList;
import java.lang.foreign.MemorySegment;

/// A request whose reply comes later.
final class KeptChain {
  final long ticket;
  final int descriptors;
  final BufferList writable;

  /// The reply, as it goes to the guest.
  final MemorySegment reply;

  /// @param reply what is sent when nothing else is given in time
  KeptChain(long ticket, int descriptors, BufferList writable, MemorySegment reply) {
    this.ticket = ticket;
    this.descriptors = descriptors;
    this.writable = writable;
    this.reply = reply;
  }
}
