package io.famfs.fuse.server;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.RemoveMapping;
import java.lang.foreign.MemorySegment;

/// REMOVEMAPPING.
final class Unmapping {
  private Unmapping() {}

  /// REMOVEMAPPING: takes the ranges out one by one, up to the first that fails. The list may be
  /// longer than what is in [Exchange#in()], so each range is fetched by itself.
  static int handle(Request request, String name) {
    MappingWindow target = request.connection().window();
    if (target == null) {
      return -Errno.EOPNOTSUPP;
    }
    long count = Integer.toUnsignedLong(RemoveMapping.count(request.in(), Request.ARGUMENTS));
    int listed = request.argumentBytes() - RemoveMapping.COUNT_BYTES;
    if (count == 0 || count > listed / RemoveMapping.BYTES) {
      request.counters.increment(WorkerCounters.MALFORMED);
      return -Errno.EINVAL;
    }
    MemorySegment range = request.out();
    int from = Request.ARGUMENTS + RemoveMapping.COUNT_BYTES;
    for (int i = 0; i < count; i++, from += RemoveMapping.BYTES) {
      int result = request.copyFields(from, RemoveMapping.FIELDS, range, Request.BODY);
      if (result == 0) {
        long windowOffset = RemoveMapping.moffset(range, Request.BODY);
        result = unmap(request, name, target, windowOffset, RemoveMapping.len(range, Request.BODY));
      }
      if (result != 0) {
        return result;
      }
    }
    return 0;
  }

  private static int unmap(
      Request request, String name, MappingWindow target, long windowOffset, long lengthBytes) {
    long mask = (1L << target.alignmentLog2()) - 1;
    boolean aligned = ((windowOffset | lengthBytes) & mask) == 0;
    boolean inside =
        windowOffset >= 0
            && lengthBytes > 0
            && windowOffset <= target.sizeBytes()
            && lengthBytes <= target.sizeBytes() - windowOffset;
    if (!aligned || !inside) {
      return -Errno.EINVAL;
    }
    MappingEvent event = MappingEvent.begun(name, "unmap", request.nodeid());
    int result = target.unmap(windowOffset, lengthBytes);
    if (event != null) {
      event.finish(windowOffset, lengthBytes, result);
    }
    if (result == 0) {
      request.counters.add(WorkerCounters.UNMAPPED_BYTES, lengthBytes);
    }
    return result;
  }
}
