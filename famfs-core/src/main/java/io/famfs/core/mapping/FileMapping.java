package io.famfs.core.mapping;

import io.famfs.core.DaxDevice;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.ExtentList;
import io.famfs.core.extent.Fmap;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A file in memory: loads and stores are those of the file, without anybody in between.
///
/// Everything ends with the file: no byte behind its end can be reached, although the memory of its
/// last extent goes on. Segments live as long as the memory they were made from. Any number of
/// threads may use a mapping.
///
/// An access throws [InternalError] when the memory has gone: a device file that became shorter, a
/// memory error. Where devices are not coherent between hosts, [#invalidate] comes before loading
/// what others have stored, [#writeBack] after storing for others; `writeBack` is also what makes
/// stores durable on a device that can be.
public final class FileMapping {
  private final long sizeBytes;
  private final long chunkBytes;
  private final List<Place> places;
  private final List<Long> lengths;
  private final boolean writable;

  /// Where a range begins in a span.
  private record Place(MappedSpan span, long at) {}

  private FileMapping(ExtentList list, List<Place> places) {
    sizeBytes = list.sizeBytes();
    List<DeviceRange> ranges = list.map().ranges();
    // Chunks of one strip lie behind each other.
    chunkBytes = ranges.size() == 1 ? 0 : list.chunkBytes();
    this.places = List.copyOf(places);
    lengths = ranges.stream().map(DeviceRange::lengthBytes).toList();
    writable = places.stream().noneMatch(place -> place.span.memory().isReadOnly());
  }

  /// What has to be mapped for a file: its extents or strips, those in one where one goes on where
  /// the last one ends, so that they are one segment, too.
  public static List<DeviceRange> spans(Fmap map) {
    List<DeviceRange> spans = new ArrayList<>();
    for (DeviceRange range : map.ranges()) {
      DeviceRange last = spans.isEmpty() ? null : spans.getLast();
      if (last != null && continues(last, range)) {
        spans.removeLast();
        long bytes = last.lengthBytes() + range.lengthBytes();
        spans.add(new DeviceRange(last.daxdevIndex(), last.offset(), bytes));
      } else {
        spans.add(range);
      }
    }
    return spans;
  }

  private static boolean continues(DeviceRange last, DeviceRange next) {
    return last.daxdevIndex() == next.daxdevIndex() && last.end() == next.offset();
  }

  /// Makes the mapping of a file.
  ///
  /// @param spans the memory of every one of [#spans(Fmap)], in their order
  /// @throws IllegalArgumentException when they are not those
  public static FileMapping of(ExtentList list, List<MappedSpan> spans) {
    List<DeviceRange> wanted = spans(list.map());
    if (wanted.size() != spans.size()) {
      throw new IllegalArgumentException(spans.size() + " spans of " + wanted.size());
    }
    List<Place> places = new ArrayList<>();
    int i = 0;
    long at = 0;
    for (DeviceRange range : list.map().ranges()) {
      MappedSpan span = spans.get(i);
      if (span.offset() != wanted.get(i).offset()
          || span.memory().byteSize() != wanted.get(i).lengthBytes()) {
        throw new IllegalArgumentException("not the memory of " + wanted.get(i) + ": " + span);
      }
      places.add(new Place(span, at));
      at += range.lengthBytes();
      if (at == span.memory().byteSize()) {
        at = 0;
        i++;
      }
    }
    return new FileMapping(list, places);
  }

  /// Size of the file.
  public long sizeBytes() {
    return sizeBytes;
  }

  /// Whether stores are allowed.
  public boolean writable() {
    return writable;
  }

  /// The bytes of a chunk when the file is dealt out to strips; 0 when its extents follow each
  /// other.
  public long chunkBytes() {
    return chunkBytes;
  }

  /// The memory of every extent, in the order of the file, or of every strip; of each the part that
  /// is the file's. One that lies behind the end of the file is empty.
  ///
  /// Byte `b` of an extent is that of the file behind all earlier extents. Byte `b` of strip `i` of
  /// `n` is byte `(b / chunk * n + i) * chunk + b % chunk` of the file.
  public List<MemorySegment> segments() {
    List<MemorySegment> segments = new ArrayList<>();
    long left = sizeBytes;
    for (int i = 0; i < places.size(); i++) {
      long bytes = chunkBytes == 0 ? Math.min(left, lengths.get(i)) : bytesOnStrip(i);
      Place place = places.get(i);
      segments.add(place.span.memory().asSlice(place.at, bytes));
      left -= bytes;
    }
    return segments;
  }

  private long bytesOnStrip(int strip) {
    long chunks = sizeBytes / chunkBytes;
    long rest = sizeBytes - chunks * chunkBytes;
    int strips = places.size();
    long whole = chunks / strips + (strip < chunks % strips ? 1 : 0);
    return whole * chunkBytes + (chunks % strips == strip ? rest : 0);
  }

  /// The memory from a byte of the file on, as far as it is in one piece.
  ///
  /// @throws IndexOutOfBoundsException unless `0 <= offset < sizeBytes()`
  public MemorySegment resolve(long offset) {
    Run run = run(Objects.checkIndex(offset, sizeBytes));
    return run.span.memory().asSlice(run.at, run.bytes);
  }

  private record Run(MappedSpan span, long at, long bytes) {
    long deviceOffset() {
      return span.offset() + at;
    }
  }

  private Run run(long offset) {
    return chunkBytes == 0 ? simple(offset) : interleaved(offset);
  }

  private Run simple(long offset) {
    int i = 0;
    long inRange = offset;
    while (inRange >= lengths.get(i)) {
      inRange -= lengths.get(i);
      i++;
    }
    Place place = places.get(i);
    long at = place.at + inRange;
    return new Run(
        place.span, at, Math.min(sizeBytes - offset, place.span.memory().byteSize() - at));
  }

  private Run interleaved(long offset) {
    long chunk = offset / chunkBytes;
    long inChunk = offset - chunk * chunkBytes;
    int strips = places.size();
    Place place = places.get((int) (chunk % strips));
    long at = place.at + chunk / strips * chunkBytes + inChunk;
    return new Run(place.span, at, Math.min(sizeBytes - offset, chunkBytes - inChunk));
  }

  /// The whole file in one segment, when its memory is in one piece.
  public Optional<MemorySegment> contiguous() {
    if (sizeBytes == 0) {
      return Optional.of(places.getFirst().span.memory().asSlice(places.getFirst().at, 0));
    }
    Run first = run(0);
    for (long done = first.bytes; done < sizeBytes; ) {
      Run next = run(done);
      if (!next.span.equals(first.span) || next.at != first.at + done) {
        return Optional.empty();
      }
      done += next.bytes;
    }
    return Optional.of(first.span.memory().asSlice(first.at, sizeBytes));
  }

  /// Copies bytes of the file.
  ///
  /// @param target filled whole
  /// @throws IndexOutOfBoundsException when the file has not that many from there on
  public void read(long offset, MemorySegment target) {
    long length = target.byteSize();
    Objects.checkFromIndexSize(offset, length, sizeBytes);
    for (long done = 0; done < length; ) {
      MemorySegment run = resolve(offset + done);
      long bytes = Math.min(run.byteSize(), length - done);
      MemorySegment.copy(run, 0, target, done, bytes);
      done += bytes;
    }
  }

  /// Copies bytes into the file.
  ///
  /// @throws IndexOutOfBoundsException when the file has no room for them there
  /// @throws IllegalArgumentException when the mapping is read-only
  public void write(long offset, MemorySegment source) {
    long length = source.byteSize();
    Objects.checkFromIndexSize(offset, length, sizeBytes);
    for (long done = 0; done < length; ) {
      MemorySegment run = resolve(offset + done);
      long bytes = Math.min(run.byteSize(), length - done);
      MemorySegment.copy(source, done, run, 0, bytes);
      done += bytes;
    }
  }

  /// Makes stores into a range visible to every other user of the memory, and durable where the
  /// device is persistent.
  ///
  /// @throws IndexOutOfBoundsException when the range is not inside the file
  public void writeBack(long offset, long lengthBytes) {
    each(offset, lengthBytes, DaxDevice::writeBack);
  }

  /// Drops what this host's processor may have kept of a range, so that the next load sees what
  /// others have written back.
  ///
  /// @throws IndexOutOfBoundsException when the range is not inside the file
  public void invalidate(long offset, long lengthBytes) {
    each(offset, lengthBytes, DaxDevice::invalidate);
  }

  /// What is done to a range of a device.
  private interface Move {
    void apply(DaxDevice device, long offset, long lengthBytes);
  }

  private void each(long offset, long lengthBytes, Move move) {
    Objects.checkFromIndexSize(offset, lengthBytes, sizeBytes);
    for (long done = 0; done < lengthBytes; ) {
      Run run = run(offset + done);
      long bytes = Math.min(run.bytes, lengthBytes - done);
      move.apply(run.span.device(), run.deviceOffset(), bytes);
      done += bytes;
    }
  }
}
