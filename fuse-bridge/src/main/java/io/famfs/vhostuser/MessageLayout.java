package io.famfs.vhostuser;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The messages on the socket and on the back-end channel, little-endian.
///
/// ```
/// header                       vring state            vring addresses
///   0  u32 request               0  u32 index           0  u32 index
///   4  u32 flags                 4  u32 num             4  u32 flags (bit 0: log)
///   8  u32 size                                         8  u64 descriptor table
///  12  payload                 memory table            16  u64 used ring
///                                0  u32 count          24  u64 available ring
/// configuration                  4  u32 padding        32  u64 log
///   0  u32 offset                8  region[count]
///   4  u32 size                     0 u64 guest      shared memory configuration
///   8  u32 flags                    8 u64 size         0  u32 regions
///  12  bytes                       16 u64 user         4  u32 padding
///                                  24 u64 mmap offset  8  u64 size[256], index is the id
/// shared memory map, unmap
///   0  u8  id      8  u64 fd_offset    16  u64 shm_offset    24  u64 len    32  u64 flags (bit 0: write)
///
/// log of dirty pages           device state transfer
///   0  u64 size                  0  u32 direction (0 save, 1 load)
///   8  u64 mmap offset           4  u32 phase (0 stopped)
/// ```
final class MessageLayout {
  static final int REQUEST = 0;
  static final int FLAGS = 4;
  static final int SIZE = 8;
  static final int HEADER_BYTES = 12;

  static final int FLAG_VERSION_MASK = 3;
  static final int VERSION = 1;
  static final int FLAG_REPLY = 4;
  static final int FLAG_NEED_REPLY = 8;

  static final int STATE_BYTES = 8;
  static final int STATE_INDEX = 0;
  static final int STATE_NUM = 4;

  static final int ADDRESSES_BYTES = 40;
  static final int ADDRESSES_FLAGS = 4;
  static final int ADDRESSES_DESCRIPTORS = 8;
  static final int ADDRESSES_USED = 16;
  static final int ADDRESSES_AVAIL = 24;

  static final int ADDRESSES_LOG = 32;

  /// In the flags of the addresses: writes to the used ring are logged (VHOST_VRING_F_LOG).
  static final int ADDRESSES_FLAG_LOG = 1;

  static final int LOG_BYTES = 16;
  static final int LOG_SIZE = 0;
  static final int LOG_MMAP_OFFSET = 8;

  static final int TRANSFER_BYTES = 8;
  static final int TRANSFER_DIRECTION = 0;
  static final int TRANSFER_PHASE = 4;
  static final int TRANSFER_SAVE = 0;
  static final int TRANSFER_LOAD = 1;
  static final int TRANSFER_STOPPED = 0;

  static final int TABLE_COUNT = 0;
  static final int TABLE_REGIONS = 8;
  static final int TABLE_MAX_REGIONS = 8;
  static final int REGION_BYTES = 32;
  static final int REGION_GUEST = 0;
  static final int REGION_SIZE = 8;
  static final int REGION_USER = 16;
  static final int REGION_MMAP_OFFSET = 24;

  static final int CONFIG_OFFSET = 0;
  static final int CONFIG_SIZE = 4;
  static final int CONFIG_FLAGS = 8;
  static final int CONFIG_DATA = 12;
  static final int CONFIG_MAX_BYTES = 256;

  static final int SHMEM_CONFIG_COUNT = 0;
  static final int SHMEM_CONFIG_SIZES = 8;
  static final int SHMEM_MAX_REGIONS = 256;
  static final int SHMEM_CONFIG_BYTES = 8 + 8 * SHMEM_MAX_REGIONS;

  static final int MAP_BYTES = 40;
  static final int MAP_ID = 0;
  static final int MAP_FD_OFFSET = 8;
  static final int MAP_SHM_OFFSET = 16;
  static final int MAP_LENGTH = 24;
  static final int MAP_FLAGS = 32;
  static final long MAP_FLAG_WRITE = 1;

  /// The low byte of the payload of SET_VRING_KICK and kin is the index.
  static final long VRING_FD_INDEX_MASK = 0xff;

  /// Set in that payload when no descriptor comes with it.
  static final long VRING_FD_NONE = 0x100;

  /// The longest payload a front-end may send us.
  static final int MAX_PAYLOAD_BYTES = 4096;

  static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private MessageLayout() {}
}
