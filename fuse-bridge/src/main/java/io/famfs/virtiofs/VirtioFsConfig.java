package io.famfs.virtiofs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The configuration space of a virtio-fs device (virtio 1.3, clause 5.11.4).
///
/// ```
///  0  u8[36]  tag, padded with zeros; needs no terminator
/// 36  u32     num_request_queues
/// 40  u32     notify_buf_size, only with VIRTIO_FS_F_NOTIFICATION
/// ```
final class VirtioFsConfig {
  static final int TAG_BYTES = 36;
  private static final int NOTIFY_BUFFER = 40;
  private static final int BYTES = 44;

  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int length;
  private final MemorySegment space = Arena.ofAuto().allocate(BYTES);

  /// @param notifyBytes size of the buffers for notifications, 0 when there are none
  /// @throws IllegalArgumentException when the tag is empty or longer than 36 bytes
  VirtioFsConfig(String tag, int requestQueues, int notifyBytes) {
    byte[] name = tag.getBytes(StandardCharsets.UTF_8);
    if (name.length == 0 || name.length > TAG_BYTES || tag.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "the tag \"" + tag + "\" has to have 1 to " + TAG_BYTES + " bytes");
    }
    MemorySegment.copy(name, 0, space, ValueLayout.JAVA_BYTE, 0, name.length);
    space.set(U32, TAG_BYTES, requestQueues);
    space.set(U32, NOTIFY_BUFFER, notifyBytes);
    length = notifyBytes > 0 ? BYTES : NOTIFY_BUFFER;
  }

  /// Copies a part of the space; bytes beyond its end are left alone.
  void read(int offset, MemorySegment dst, long dstOffset, int lengthBytes) {
    if (offset < length) {
      MemorySegment.copy(space, offset, dst, dstOffset, Math.min(lengthBytes, length - offset));
    }
  }
}
