package io.famfs.store;

import io.famfs.core.ByteSize;
import io.famfs.core.Errno;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.store.Placement.Interleaved;
import io.famfs.store.alloc.SpaceMap;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Finds and takes the space of new files, or says why not.
final class Placer {
  /// Most ranges that the primary device is divided into.
  private static final int MAX_BUCKETS = 64;

  /// The smallest such range.
  private static final long MIN_BUCKET_BYTES = 1024 * ByteSize.MIB;

  private static final long UNIT_BYTES = SuperblockLayout.ALLOC_UNIT_BYTES;

  private final SpaceMap space;
  private final BooleanSupplier others;

  /// A placer.
  ///
  /// @param others makes files give back what they have taken in advance; says whether they did
  Placer(SpaceMap space, BooleanSupplier others) {
    this.space = space;
    this.others = others;
  }

  /// Takes the space of a file.
  ///
  /// @param path for messages
  /// @param sizeBytes 0 or more; an empty file takes a unit, too, so that every map has an extent
  ///   and a reader without empty maps takes it
  /// @throws StoreException EINVAL for a placement that cannot be, ENOSPC
  Fmap place(String path, long sizeBytes, Placement placement) throws StoreException {
    checkKnown(path);
    if (placement instanceof Interleaved interleaved) {
      check(interleaved);
      if (sizeBytes >= interleaved.chunkBytes()) {
        return interleaved(path, sizeBytes, interleaved);
      }
    }
    return contiguous(path, Math.max(sizeBytes, 1));
  }

  /// Checks that free space is known to be free.
  ///
  /// @throws StoreException ENOSPC
  void checkKnown(String path) throws StoreException {
    if (space.unknownOwner()) {
      throw new StoreException(
          Errno.ENOSPC,
          "damaged log entries may own any free space, so none is given to '"
              + path
              + "'; repair the volume with 'fsck --repair'");
    }
  }

  private Fmap contiguous(String path, long sizeBytes) throws StoreException {
    DeviceRange range = space.allocate(sizeBytes);
    if (range == null && others.getAsBoolean()) {
      range = space.allocate(sizeBytes);
    }
    if (range == null) {
      throw new StoreException(
          Errno.ENOSPC,
          "no free run of "
              + ByteSize.human(sizeBytes)
              + " for '"
              + path
              + "'; the largest is "
              + ByteSize.human(space.largestFreeRunBytes()));
    }
    return new Fmap.Simple(List.of(range));
  }

  private Fmap interleaved(String path, long sizeBytes, Interleaved how) throws StoreException {
    long stripBytes = stripBytes(sizeBytes, how);
    int strips = how.strips();
    List<DeviceRange> found = strips(stripBytes, how);
    if (found == null && others.getAsBoolean()) {
      found = strips(stripBytes, how);
    }
    if (found == null) {
      throw new StoreException(
          Errno.ENOSPC,
          "fewer than "
              + strips
              + " of the "
              + (how.buckets() == 0
                  ? space.presentDevices() + " devices"
                  : how.buckets() + " buckets")
              + " have a free run for a strip of '"
              + path
              + "' ("
              + ByteSize.human(sizeBytes)
              + " in chunks of "
              + ByteSize.human(how.chunkBytes())
              + ")");
    }
    return new Fmap.Interleaved(how.chunkBytes(), found);
  }

  private @Nullable List<DeviceRange> strips(long stripBytes, Interleaved how) {
    if (stripBytes <= 0) {
      return null;
    }
    return how.buckets() == 0
        ? space.allocateOnDevices(stripBytes, how.strips(), how.seed())
        : space.allocateInBuckets(stripBytes, how.strips(), how.buckets(), how.seed());
  }

  /// Length of each strip: as many chunks as there are stripes; -1 when it is beyond all numbers.
  private static long stripBytes(long sizeBytes, Interleaved how) {
    long chunkUnits = how.chunkBytes() / UNIT_BYTES;
    long fileUnits = ceil(sizeBytes, UNIT_BYTES);
    long stripUnits = ceil(fileUnits, how.strips() * chunkUnits) * chunkUnits;
    return stripUnits > Long.MAX_VALUE / UNIT_BYTES ? -1 : stripUnits * UNIT_BYTES;
  }

  private static long ceil(long number, long divisor) {
    return number / divisor + (number % divisor == 0 ? 0 : 1);
  }

  private void check(Interleaved how) throws StoreException {
    String broken = broken(how);
    if (broken != null) {
      throw new StoreException(Errno.EINVAL, "interleaving: " + broken);
    }
  }

  /// The first rule that a placement breaks: chunk, strips, buckets.
  private @Nullable String broken(Interleaved how) {
    long chunk = how.chunkBytes();
    if (chunk <= 0 || Long.bitCount(chunk) != 1 || chunk % UNIT_BYTES != 0) {
      return "a chunk of " + chunk + " bytes; take a power of two of at least 2M";
    }
    int strips = how.strips();
    if (strips < 1 || strips > Fmap.MAX_RANGES) {
      return strips + " strips; take 1 to " + Fmap.MAX_RANGES;
    }
    int buckets = how.buckets();
    if (buckets == 0) {
      int devices = space.presentDevices();
      return strips <= devices
          ? null
          : strips + " strips on " + devices + " devices; take no more strips than devices";
    }
    if (buckets < strips || buckets > MAX_BUCKETS) {
      return buckets + " buckets for " + strips + " strips; take " + strips + " to " + MAX_BUCKETS;
    }
    long bucketBytes = space.deviceBytes(0) / buckets;
    return bucketBytes >= MIN_BUCKET_BYTES
        ? null
        : buckets
            + " buckets of "
            + ByteSize.human(bucketBytes)
            + "; take at most "
            + space.deviceBytes(0) / MIN_BUCKET_BYTES
            + ", of at least 1G each";
  }
}
