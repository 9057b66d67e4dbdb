package io.famfs.fuse.server;

import io.famfs.fuse.lock.LockReply;
import io.famfs.fuse.protocol.OutHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// The reply to a request that waits for a lock: what its header needs, and where it goes.
final class ParkedReply implements LockReply {
  private final DeferredReply target;
  private final long unique;
  private final boolean bigEndian;
  private final ClientAbi abi;
  private volatile @Nullable Future<?> limit;

  ParkedReply(Request request, DeferredReply target) {
    this.target = target;
    unique = request.unique();
    bigEndian = request.bigEndian();
    abi = request.connection().abi();
  }

  /// The end of the wait after a time, which is not needed once there is an answer.
  void limit(Future<?> end) {
    limit = end;
  }

  @Override
  public void finish(int result) {
    Future<?> end = limit;
    if (end != null) {
      end.cancel(false);
    }
    MemorySegment header = Arena.ofAuto().allocate(OutHeader.BYTES, Long.BYTES);
    OutHeader.write(header, 0, OutHeader.BYTES, abi.error(result), unique);
    if (bigEndian) {
      OutHeader.FIELDS.reverse(header, 0, OutHeader.BYTES);
    }
    target.send(header);
  }
}
