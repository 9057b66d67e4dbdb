package io.famfs.virtio;

/// Feature bits of the specification that a back-end may offer (clause 6), as masks.
public final class VirtioFeature {
  /// Descriptors may point to a table of descriptors (clause 2.7.5.3).
  public static final long INDIRECT_DESC = 1L << 28;

  /// `used_event` and `avail_event` replace the suppression flags (clauses 2.7.7, 2.7.10).
  public static final long EVENT_IDX = 1L << 29;

  /// Conformance to version 1 or later of the specification.
  public static final long VERSION_1 = 1L << 32;

  /// The queues have the packed layout (clause 2.8).
  public static final long RING_PACKED = 1L << 34;

  private VirtioFeature() {}
}
