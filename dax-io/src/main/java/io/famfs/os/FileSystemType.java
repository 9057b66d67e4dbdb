package io.famfs.os;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.famfs.os.libc.Descriptors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The file system behind a descriptor, as far as it changes how its files are mapped, or who
/// answers for them.
///
/// @param magic the kernel's number for the type (`include/uapi/linux/magic.h`)
/// @param blockBytes the block size; on hugetlbfs the size of a huge page
public record FileSystemType(long magic, long blockBytes) {
  private static final long TMPFS_MAGIC = 0x01021994L;
  private static final long FUSE_MAGIC = 0x65735546L;
  private static final long HUGETLBFS_MAGIC = 0x958458f6L;

  /// struct statfs: f_type at 0 and f_bsize at 8, each 8 bytes, on every 64-bit architecture.
  private static final int STATFS_BYTES = 120;

  /// Whether files live in the page cache only: tmpfs, `/dev/shm`, memfd.
  public boolean isTmpfs() {
    return magic == TMPFS_MAGIC;
  }

  /// Whether a FUSE server answers for the files: a mount through `/dev/fuse`, or virtio-fs.
  public boolean isFuse() {
    return magic == FUSE_MAGIC;
  }

  /// Whether files are made of huge pages, to which every mapping has to be aligned.
  public boolean isHugetlbfs() {
    return magic == HUGETLBFS_MAGIC;
  }

  static FileSystemType of(int fd) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(STATFS_BYTES, Long.BYTES);
      int result = Descriptors.fileSystem(fd, buffer.address());
      ErrnoException.check(result, "file system of descriptor", fd);
      return new FileSystemType(buffer.get(JAVA_LONG, 0), buffer.get(JAVA_LONG, 8));
    }
  }
}
