package io.famfs.fuse.famfs;

import io.famfs.core.Errno;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.ExtentList;
import io.famfs.fuse.protocol.ExtentsIoctl;
import io.famfs.fuse.protocol.IoctlIn;
import io.famfs.fuse.protocol.IoctlOut;
import io.famfs.fuse.server.Request;
import io.famfs.store.Volume;
import io.famfs.store.mapping.VolumeMapper;
import io.famfs.store.namespace.FileInode;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// IOCTL on a file: tells where the file lies ([ExtentsIoctl]) whoever may read it. A descriptor
/// that was opened for writing only is no proof of that, so the caller is looked at once more.
final class FileIoctl {
  private static final int DATA = Request.ARGUMENTS + IoctlIn.BYTES;
  private static final int ANSWER = Request.BODY + IoctlOut.BYTES;

  private final VolumeMapper mapper;

  FileIoctl(Volume volume) {
    this.mapper = VolumeMapper.open(volume);
  }

  /// Answers one ioctl.
  ///
  /// @return the length of the reply, or -ENOTTY for an ioctl that is not ours, -EINVAL for a
  ///   version that is not known or a range behind the last one, -EACCES, -EBUSY for a file that
  ///   still grows
  int run(Request request, FileInode file) {
    MemorySegment in = request.in();
    if (IoctlIn.cmd(in, Request.ARGUMENTS) != ExtentsIoctl.REQUEST) {
      return -Errno.ENOTTY;
    }
    if (IoctlIn.inSize(in, Request.ARGUMENTS) != ExtentsIoctl.BYTES
        || IoctlIn.outSize(in, Request.ARGUMENTS) != ExtentsIoctl.BYTES
        || request.argumentBytes() < IoctlIn.BYTES + ExtentsIoctl.BYTES
        || request.exchange().inLength() < DATA + ExtentsIoctl.BYTES
        || request.bodyRoom() < IoctlOut.BYTES + ExtentsIoctl.BYTES) {
      return -Errno.EINVAL;
    }
    if (request.bigEndian()) {
      ExtentsIoctl.reverse(in, DATA);
    }
    if (ExtentsIoctl.version(in, DATA) != ExtentsIoctl.VERSION) {
      return -Errno.EINVAL;
    }
    if (!AccessCheck.mayRead(request, file)) {
      return -Errno.EACCES;
    }
    if (!file.isCommitted()) {
      return -Errno.EBUSY;
    }
    ExtentList list = mapper.list(file);
    long first = Integer.toUnsignedLong(ExtentsIoctl.first(in, DATA));
    if (first >= list.map().ranges().size()) {
      return -Errno.EINVAL;
    }
    answer(request.out(), list, (int) first);
    if (request.bigEndian()) {
      ExtentsIoctl.reverse(request.out(), ANSWER);
    }
    return IoctlOut.BYTES + ExtentsIoctl.BYTES;
  }

  private static void answer(MemorySegment out, ExtentList list, int first) {
    List<DeviceRange> ranges = list.map().ranges();
    int count = Math.min(ranges.size() - first, ExtentsIoctl.MAX_RANGES);
    IoctlOut.result(out, Request.BODY, 0);
    ExtentsIoctl.ask(out, ANSWER, first);
    ExtentsIoctl.file(out, ANSWER, list.sizeBytes(), list.chunkBytes());
    ExtentsIoctl.counts(out, ANSWER, ranges.size(), count);
    for (int i = 0; i < count; i++) {
      DeviceRange range = ranges.get(first + i);
      ExtentsIoctl.range(out, ANSWER, i, range, list.device(range));
    }
  }
}
