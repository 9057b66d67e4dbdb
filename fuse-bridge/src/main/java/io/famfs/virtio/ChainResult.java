package io.famfs.virtio;

/// What became of reading a descriptor chain or an index of a ring.
///
/// Some results break the ring: what the driver wrote makes no sense as a ring, and the queue
/// stops. The others concern one request, whose head is known and can be given back.
public enum ChainResult {
  /// The chain was read.
  OK(false, "ok"),
  /// `avail.idx` is further ahead than the queue has entries (clause 2.7.6).
  AVAIL_INDEX_JUMPED(true, "the available index is more than the queue size ahead"),
  /// The head of a chain is not an entry of the table (clause 2.7.6).
  HEAD_OUT_OF_RANGE(true, "a head index is outside the descriptor table"),
  /// `next` is not an entry of its table (clause 2.7.5).
  NEXT_OUT_OF_RANGE(true, "a next index is outside the descriptor table"),
  /// More descriptors than the queue has entries: a loop or a chain too long (clauses 2.7.5.2,
  /// 2.7.5.3.1, 2.8.17).
  TOO_MANY_DESCRIPTORS(true, "a chain loops or is longer than the queue size"),
  /// INDIRECT without the feature (clause 2.7.5.3.1).
  INDIRECT_NOT_NEGOTIATED(true, "an indirect descriptor without the feature"),
  /// INDIRECT inside an indirect table (clause 2.7.5.3.1).
  INDIRECT_NESTED(true, "an indirect descriptor inside an indirect table"),
  /// INDIRECT together with NEXT (clause 2.7.5.3.1).
  INDIRECT_WITH_NEXT(true, "a descriptor is both indirect and chained"),
  /// An indirect table whose length is zero or no multiple of a descriptor (clause 2.7.5.3.1).
  INDIRECT_BAD_LENGTH(true, "the length of an indirect table is no multiple of 16"),
  /// An indirect table that is not guest memory.
  INDIRECT_OUTSIDE_MEMORY(true, "an indirect table lies outside guest memory"),
  /// A part of the queue is not in guest memory, or not in one region of it.
  RING_OUTSIDE_MEMORY(true, "a part of the queue lies outside guest memory"),
  /// The base of a packed queue is no pair of positions of it.
  BASE_OUT_OF_RANGE(true, "the base is no position of the queue"),
  /// A part of the queue is not aligned (clauses 2.7, 2.8.10.1), or its size is none.
  RING_MISALIGNED(true, "a part of the queue is not aligned, or its size is none"),
  /// The memory that holds the ring has gone.
  RING_MEMORY_FAULT(true, "the memory of the queue has gone"),
  /// A device-readable descriptor after a device-writable one (clause 2.7.4.2).
  WRITABLE_BEFORE_READABLE(false, "a device-readable buffer follows a device-writable one"),
  /// A buffer without bytes.
  ZERO_LENGTH(false, "a buffer has length zero"),
  /// More bytes than this device takes in one direction, 2 GiB (the limit of clause 2.7.5.2 is 4
  /// GiB for both).
  LENGTH_OVERFLOW(false, "the buffers of a chain are longer than 2 GiB");

  private final boolean breaksRing;
  private final String reason;

  ChainResult(boolean breaksRing, String reason) {
    this.breaksRing = breaksRing;
    this.reason = reason;
  }

  /// Whether the queue has to stop.
  public boolean breaksRing() {
    return breaksRing;
  }

  /// One clause for a log line.
  public String reason() {
    return reason;
  }
}
