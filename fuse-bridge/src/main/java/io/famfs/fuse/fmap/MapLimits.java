package io.famfs.fuse.fmap;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.FmapOut;
import io.famfs.fuse.server.ClientMaps;
import io.famfs.fuse.server.DeviceRegistration.Kernel;
import io.famfs.store.extent.ExtentMap;

/// What a client takes of a map. A kernel that is sent more than it takes fails the open with an
/// error of its own, or hangs up on the message; so nothing beyond these is ever sent.
enum MapLimits {
  /// A kernel that asks without saying how much it has room for, and fetches devices by name.
  FETCHING(2 << 20, 1, 32, FmapOut.PAGE_BYTES),
  /// A kernel that was given devices and takes simple maps only.
  SIMPLE(2 << 20, 1, Integer.MAX_VALUE, FmapOut.MAX_BYTES),
  /// A kernel that was given devices and takes every map.
  ALL(4096, 64, Integer.MAX_VALUE, FmapOut.MAX_BYTES),
  /// A client that asks for lists of extents and maps them by its own means.
  PROGRAM(4096, 64, Integer.MAX_VALUE, FmapOut.MAX_BYTES);

  private static final long HUGE_PAGE_BYTES = 2 << 20;
  private static final long PAGE_BYTES = 4096;
  private static final long CHUNK_LIMIT = 1L << 32;

  private final long pageBytes;
  private final int devices;
  private final int extents;
  private final int messageBytes;

  MapLimits(long pageBytes, int devices, int extents, int messageBytes) {
    this.pageBytes = pageBytes;
    this.devices = devices;
    this.extents = extents;
    this.messageBytes = messageBytes;
  }

  /// The limits of a client, by what it has sent and by what is known of its kernel.
  ///
  /// @param sized whether the request says how much the client has room for
  static MapLimits of(ClientMaps client, boolean sized) {
    if (!sized) {
      return FETCHING;
    }
    if (!client.fmap()) {
      return PROGRAM;
    }
    return client.devices().kernel() == Kernel.SIMPLE_MAPS ? SIMPLE : ALL;
  }

  /// The form in which a file is sent.
  ///
  /// Of the two kinds of kernels that are given devices one takes simple extents only, so both get
  /// them, as long as the message does not become too long for a kernel.
  MapForm form(ClientMaps client, ExtentMap map, long fileBytes) {
    if (this == FETCHING || this == PROGRAM) {
      return MapForm.AS_IT_IS;
    }
    boolean fits = MapForm.UNROLLED.messageBytes(map, fileBytes) <= messageBytes;
    return fits || client.devices().kernel() != Kernel.ALL_MAPS
        ? MapForm.UNROLLED
        : MapForm.AS_IT_IS;
  }

  /// Whether a client takes a map.
  ///
  /// @return 0, or -EFBIG when there are too many extents or the message is too long; -EOPNOTSUPP
  ///   for a device, a chunk or a granularity that the client cannot handle
  int check(MapForm form, ExtentMap map, long fileBytes) {
    long entries = form.entries(map, fileBytes);
    if (entries > extents || form.messageBytes(map, fileBytes) > messageBytes) {
      return -Errno.EFBIG;
    }
    long bits = form.interleaved(map, fileBytes) ? map.chunkBytes() : 0;
    if (bits >= CHUNK_LIMIT || (bits != 0 && !takesChunk(bits))) {
      return -Errno.EOPNOTSUPP;
    }
    for (int i = 0; i < entries; i++) {
      if (form.device(map, fileBytes, i) >= devices) {
        return -Errno.EOPNOTSUPP;
      }
      bits |= form.offset(map, fileBytes, i) | form.length(map, fileBytes, i);
    }
    return (bits & (pageBytes - 1)) == 0 ? 0 : -Errno.EOPNOTSUPP;
  }

  private boolean takesChunk(long chunkBytes) {
    return switch (this) {
      case FETCHING, PROGRAM -> chunkBytes % pageBytes == 0;
      case SIMPLE -> false;
      case ALL -> chunkBytes == PAGE_BYTES || chunkBytes == HUGE_PAGE_BYTES;
    };
  }
}
