package io.famfs.fuse.fmap;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.FmapOut;
import io.famfs.fuse.server.Request;
import io.famfs.store.extent.ExtentMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The reply to GET_FMAP for one file in one form, written once.
final class MapAnswer {
  /// Messages up to here are copied into the reply; longer ones are sent from where they are.
  private static final int COPIED_BYTES = 2048;

  /// Little-endian; on the heap up to [#COPIED_BYTES], native when longer.
  private final MemorySegment message;

  private MapAnswer(MemorySegment message) {
    this.message = message;
  }

  /// Writes the answer down.
  ///
  /// @param form one in which the message is at most [FmapOut#MAX_BYTES] long
  static MapAnswer of(ExtentMap map, long fileBytes, MapForm form) {
    int bytes = Math.toIntExact(form.messageBytes(map, fileBytes));
    MemorySegment message =
        bytes <= COPIED_BYTES
            ? MemorySegment.ofArray(new byte[bytes])
            : Arena.ofAuto().allocate(bytes, Long.BYTES);
    form.write(map, fileBytes, message);
    return new MapAnswer(message);
  }

  /// Answers a request, by the whole message or, when it is longer than the client has room for, by
  /// its header, which says how long it is.
  ///
  /// @param roomBytes what the client has room for, at least [FmapOut#BYTES]
  /// @return as a handler
  int reply(Request request, long roomBytes) {
    long whole = message.byteSize();
    long room = Math.min(roomBytes, request.exchange().appendRoom());
    int bytes = whole <= room ? (int) whole : FmapOut.BYTES;
    if (bytes <= COPIED_BYTES) {
      MemorySegment.copy(message, 0, request.out(), Request.BODY, bytes);
      if (request.bigEndian()) {
        FmapOut.reverseExtents(request.out(), Request.BODY, (long) Request.BODY + bytes);
      }
      return bytes;
    }
    // No client of the other byte order gets here: a message is this long only when a map was cut
    // into extents for a kernel that was given devices, which is the one of this host.
    return request.bigEndian() ? -Errno.EFBIG : request.exchange().append(message, 0, bytes);
  }

  /// The whole message, little-endian.
  byte[] bytes() {
    return message.toArray(ValueLayout.JAVA_BYTE);
  }
}
