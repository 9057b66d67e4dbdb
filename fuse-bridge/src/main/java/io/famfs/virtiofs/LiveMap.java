package io.famfs.virtiofs;

/// One SHMEM_MAP that the front-end has, and that one SHMEM_UNMAP of the same offset and length
/// takes back.
///
/// @param nodeid the file it belongs to
/// @param windowOffset first byte in the window
/// @param lengthBytes number of bytes
/// @param deviceIndex the device it shows
/// @param deviceOffset first byte on that device
/// @param writable whether the guest can store through it
/// @param certain false when the answer to the map or to its unmap has not been seen: it may be
///   there or not
record LiveMap(
    long nodeid,
    long windowOffset,
    long lengthBytes,
    int deviceIndex,
    long deviceOffset,
    boolean writable,
    boolean certain) {

  long windowEnd() {
    return windowOffset + lengthBytes;
  }

  boolean overlaps(long from, long to) {
    return windowOffset < to && from < windowEnd();
  }

  LiveMap doubted() {
    return new LiveMap(
        nodeid, windowOffset, lengthBytes, deviceIndex, deviceOffset, writable, false);
  }

  /// The part of this map inside `from..to`, which must overlap it.
  LiveMap part(long from, long to) {
    long start = Math.max(from, windowOffset);
    long end = Math.min(to, windowEnd());
    return new LiveMap(
        nodeid,
        start,
        end - start,
        deviceIndex,
        deviceOffset + (start - windowOffset),
        writable,
        certain);
  }
}
