package io.famfs.e2e.fmap;

/// The three generations of kernels that know famfs, as far as they differ.
enum Generation {
  /// Fetches devices by name, asks for maps without saying how much room it has.
  G10(false, 32, 24, 2 << 20),
  /// Is given devices; simple maps only.
  G11(true, Integer.MAX_VALUE, 24, 2 << 20),
  /// Is given devices; every map.
  G12(true, Integer.MAX_VALUE, 64, 4096);

  static final int FIRST_ROOM = 4096;
  static final int MOST_ROOM = 16 << 20;
  static final int MAX_STRIPS = 32;
  static final long HUGE_PAGE = 2 << 20;
  static final long PAGE = 4096;

  final boolean pushed;
  final int maxExtents;
  final int slots;
  final long alignment;

  Generation(boolean pushed, int maxExtents, int slots, long alignment) {
    this.pushed = pushed;
    this.maxExtents = maxExtents;
    this.slots = slots;
    this.alignment = alignment;
  }

  /// Whether an extent may be on a device.
  boolean allowsDevice(long index) {
    return this == G12 ? index < slots : index == 0;
  }

  boolean allowsChunk(long chunkBytes) {
    return this == G12
        ? chunkBytes == PAGE || chunkBytes == HUGE_PAGE
        : chunkBytes > 0 && chunkBytes % HUGE_PAGE == 0;
  }
}
