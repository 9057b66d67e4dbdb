package io.famfs.dax;

import io.famfs.core.DaxDevice;
import io.famfs.core.Errno;
import io.famfs.core.Lines;
import io.famfs.core.MemoryRange;
import io.famfs.core.MemoryState;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.MemoryMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// An open device and its one mapping. See [DaxDevices] for how to get one.
///
/// `close` must not run while another thread still uses the memory in a system call.
public final class MappedDaxDevice implements DaxDevice {

  /// What the device looks like, gathered before it is mapped.
  ///
  /// @param punchable whether a hole in the file is the cheapest way to zeros
  /// @param lockFile a file that stands for the device whatever it is opened through; null when the
  ///   device itself does
  record Description(
      String name,
      DeviceKind kind,
      Mode mode,
      int alignmentBytes,
      Visibility visibility,
      boolean punchable,
      @Nullable Path lockFile) {}

  private final Description description;
  private final Fd fd;
  private final MemoryMap map;
  private final DeviceLock lock;

  private MappedDaxDevice(Description description, Fd fd, MemoryMap map) {
    this.description = description;
    this.fd = fd;
    this.map = map;
    this.lock = new DeviceLock(fd, description.lockFile);
  }

  /// Maps the device. Takes `fd` over on success only.
  static MappedDaxDevice map(Description description, Fd fd, long sizeBytes) throws ErrnoException {
    MemoryMap map = MemoryMap.map(fd, 0, sizeBytes, description.mode.access());
    return new MappedDaxDevice(description, fd, map);
  }

  @Override
  public String name() {
    return description.name;
  }

  @Override
  public MemorySegment memory() {
    return map.segment();
  }

  @Override
  public long sizeBytes() {
    return map.segment().byteSize();
  }

  @Override
  public boolean writable() {
    return description.mode == Mode.READ_WRITE;
  }

  @Override
  public int alignmentBytes() {
    return description.alignmentBytes;
  }

  /// What the device is made of.
  public DeviceKind kind() {
    return description.kind;
  }

  /// The descriptor that others may map the device from, such as the front-end for its window. It
  /// stays this device's: send it, do not close it.
  public Fd fd() {
    return fd;
  }

  /// False for a device with the policy [Coherence#FLUSH].
  @Override
  public boolean coherent() {
    return !description.visibility.lines();
  }

  /// Marks the device as served by this process, whatever path, link or node it was opened through.
  /// The mark is an exclusive `flock(2)`: it ends with [#close()] or with the process, however that
  /// ends. It keeps out only those who ask for it, and only on this host.
  ///
  /// @return false when somebody else has it, see [#lockHolder()]
  public boolean tryLock() throws ErrnoException {
    return lock.tryLock();
  }

  /// Gives the mark of [#tryLock()] back.
  public void unlock() {
    try {
      lock.unlock();
    } catch (ErrnoException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The process that holds the mark of [#tryLock()], when it can be found out.
  public OptionalLong lockHolder() throws ErrnoException {
    return lock.holder();
  }

  /// {@inheritDoc}
  ///
  /// For a file with storage behind it the pages are written to it.
  ///
  /// @throws java.io.UncheckedIOException when the storage fails
  @Override
  public void writeBack(long offset, long lengthBytes) {
    Objects.checkFromIndexSize(offset, lengthBytes, sizeBytes());
    if (lengthBytes > 0) {
      description.visibility.writeBack(map, offset, lengthBytes);
    }
  }

  @Override
  public void invalidate(long offset, long lengthBytes) {
    Objects.checkFromIndexSize(offset, lengthBytes, sizeBytes());
    if (lengthBytes > 0) {
      description.visibility.invalidate(map, offset, lengthBytes);
    }
  }

  /// {@inheritDoc}
  ///
  /// Files give the space back and read as holes, so a later store into the range needs free space
  /// again: without it the store throws [InternalError]. Huge pages are filled; a device that is
  /// not coherent is filled and written back.
  ///
  /// @throws UnsupportedOperationException when the device is read-only
  @Override
  public void zero(long offset, long lengthBytes) {
    Objects.checkFromIndexSize(offset, lengthBytes, sizeBytes());
    if (!writable()) {
      throw new UnsupportedOperationException(name() + " is open for reading only");
    }
    if (lengthBytes == 0) {
      return;
    }
    if (!description.punchable || fd.punchHole(offset, lengthBytes) < 0) {
      fill(offset, lengthBytes);
    }
  }

  /// {@inheritDoc}
  ///
  /// A huge page of a file is lost as a whole; of devdax memory what the processor tells, a page.
  @Override
  public int pageBytes() {
    return kind() == DeviceKind.FILE ? description.alignmentBytes : MemoryMap.pageBytes();
  }

  /// {@inheritDoc}
  ///
  /// The kernel is asked first: it knows pages that have failed and those that are not there. A
  /// page of devdax memory it maps again after a failure, so each line is loaded as well; memory
  /// that the kernel has and the processor cannot load has failed.
  @Override
  public MemoryState probe(long offset) {
    long page = offset & -pageBytes();
    int lengthBytes = (int) Math.min(pageBytes(), sizeBytes() - page);
    int result = map.populate(page, lengthBytes);
    if (result == -Errno.EHWPOISON) {
      return MemoryState.FAILED;
    }
    if (result < 0 && result != -Errno.EINVAL) {
      return MemoryState.GONE;
    }
    try {
      Lines.load(memory(), page, lengthBytes);
      return MemoryState.READABLE;
    } catch (InternalError e) {
      return map.populate(page, lengthBytes) == 0 ? MemoryState.FAILED : MemoryState.GONE;
    }
  }

  @Override
  public List<MemoryRange> listedBad() throws IOException {
    return new BadBlocks(DevDaxAttributes.SYSFS).of(fd, sizeBytes());
  }

  /// Unmaps and closes. Doing it twice does nothing.
  @Override
  public void close() {
    map.close();
    lock.close();
    fd.close();
  }

  @Override
  public String toString() {
    return name() + " (" + kind() + ", " + description.mode + ")";
  }

  private void fill(long offset, long lengthBytes) {
    map.segment().asSlice(offset, lengthBytes).fill((byte) 0);
    if (!coherent()) {
      description.visibility.writeBack(map, offset, lengthBytes);
    }
  }
}
