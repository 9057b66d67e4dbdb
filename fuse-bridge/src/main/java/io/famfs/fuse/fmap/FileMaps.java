package io.famfs.fuse.fmap;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.DaxdevOut;
import io.famfs.fuse.protocol.FmapOut;
import io.famfs.fuse.protocol.GetFmapIn;
import io.famfs.fuse.protocol.ReplyExtents;
import io.famfs.fuse.server.ClientMaps;
import io.famfs.fuse.server.Request;
import io.famfs.store.Volume;
import io.famfs.store.extent.ExtentMap;
import io.famfs.store.namespace.FileInode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Tells clients that have agreed on it where files lie: by GET_FMAP and GET_DAXDEV, and in the
/// replies to OPEN and LOOKUP.
public final class FileMaps {
  private static final Logger LOGGER = System.getLogger(FileMaps.class.getName());
  private static final int MAX_COMPLAINTS = 100;

  /// Kernels want this granularity, all but the newest, which cannot be told apart at INIT.
  private static final long HUGE_PAGE_BYTES = 2 << 20;

  private final Volume volume;
  private final MapRules rules;
  private final ExtentLists lists;
  private final AtomicInteger complaints = new AtomicInteger();

  /// @param lists where what is given out is kept
  public FileMaps(Volume volume, ExtentLists lists) {
    this.volume = volume;
    this.rules = new MapRules(volume);
    this.lists = lists;
  }

  /// As [io.famfs.fuse.server.FuseFileSystem#mappedDevices].
  public int devices() {
    boolean whole = volume.superblock().allocUnitBytes() % HUGE_PAGE_BYTES == 0;
    return whole ? volume.deviceCount() : 0;
  }

  /// A client opens a file of which it will hold the list.
  ///
  /// @return 0; -ESTALE when another list of the file is held or kept; -EIO when the client's
  ///   kernel does not have a device of the file, the file has bad memory, or the list breaks a
  ///   rule
  public int open(Request request, ClientMaps told, FileInode file) {
    int usable = told.fmap() ? usable(told, file) : sound(file);
    if (usable < 0) {
      return usable;
    }
    return lists.open(file, request.connection().client()) ? 0 : -Errno.ESTALE;
  }

  /// GET_FMAP for a file that is reachable and whose list is final.
  ///
  /// @return as a handler: -EINVAL for a request of a length that no client sends, or that has no
  ///   room for a header; as [#open]; and what [MapLimits#check] says
  public int getFmap(Request request, ClientMaps told, FileInode file) {
    boolean sized = request.argumentBytes() >= GetFmapIn.BYTES;
    if (!sized && request.argumentBytes() != 0) {
      return -Errno.EINVAL;
    }
    long room =
        sized
            ? Integer.toUnsignedLong(GetFmapIn.size(request.in(), Request.ARGUMENTS))
            : FmapOut.PAGE_BYTES;
    if (room < FmapOut.BYTES) {
      return -Errno.EINVAL;
    }
    MapLimits limits = MapLimits.of(told, sized);
    MapForm form = limits.form(told, file.extents(), file.sizeBytes());
    int taken = limits.check(form, file.extents(), file.sizeBytes());
    int usable = taken < 0 ? taken : usable(told, file);
    if (usable < 0) {
      return usable;
    }
    GivenList list = lists.find(file);
    if (list == null) {
      return -Errno.ESTALE;
    }
    return list.answer(form).reply(request, room);
  }

  /// GET_DAXDEV: the nodeid is the index of a device.
  ///
  /// @return as a handler: -EINVAL for an index without a device
  public static int getDaxdev(Request request, ClientMaps told) {
    byte[] name = told.devices().name(request.nodeid());
    if (name == null) {
      return -Errno.EINVAL;
    }
    DaxdevOut.write(request.out(), Request.BODY, (int) request.nodeid(), name);
    return DaxdevOut.BYTES;
  }

  /// Appends the list of a file to a reply.
  ///
  /// @param at end of the reply so far, where it goes
  /// @param file null for a directory
  /// @return the end of the reply with the list; as it was when there is not even room to say that
  ///   there is no room
  public int append(Request request, int at, @Nullable FileInode file) {
    MemorySegment out = request.out();
    int room = Request.BODY + request.bodyRoom() - at;
    if (room < ReplyExtents.HEADER_BYTES) {
      return at;
    }
    long count = 0;
    int flags = file == null ? 0 : withheld(file);
    long bytes = file == null ? 0 : file.sizeBytes();
    if (file != null && flags == 0) {
      count = MapForm.UNROLLED.entries(file.extents(), bytes);
      long listed = ReplyExtents.HEADER_BYTES + count * ReplyExtents.EXTENT_BYTES;
      flags = count > ReplyExtents.MAX_EXTENTS || listed > room ? ReplyExtents.TRUNCATED : 0;
    }
    int told = (int) Math.min(count, Integer.MAX_VALUE);
    ReplyExtents.header(out, at, told, flags, bytes);
    int behind = at + ReplyExtents.HEADER_BYTES;
    if (file != null && flags == 0) {
      write(out, at, file.extents(), bytes, told);
      behind += told * ReplyExtents.EXTENT_BYTES;
    }
    if (request.bigEndian()) {
      ReplyExtents.reverse(out, at, behind);
    }
    return behind;
  }

  private int withheld(FileInode file) {
    if (!file.isCommitted()) {
      return ReplyExtents.NOT_FINAL;
    }
    return volume.badRanges().touches(file.extents()) ? ReplyExtents.BAD_MEMORY : 0;
  }

  private static void write(MemorySegment out, int at, ExtentMap map, long fileBytes, int extents) {
    MapForm form = MapForm.UNROLLED;
    for (int i = 0; i < extents; i++) {
      ReplyExtents.extent(
          out,
          at,
          i,
          form.device(map, fileBytes, i),
          form.offset(map, fileBytes, i),
          form.length(map, fileBytes, i));
    }
  }

  /// Whether a client may map a file. A kernel that touches bad memory gives up the whole device,
  /// so it is not shown any.
  private int usable(ClientMaps told, FileInode file) {
    ExtentMap map = file.extents();
    if (volume.badRanges().touches(map)) {
      return -Errno.EIO;
    }
    if (told.fmap()) {
      for (int i = 0; i < map.rangeCount(); i++) {
        if (!told.devices().usable(map.rangeDaxdevIndex(i))) {
          return -Errno.EIO;
        }
      }
    }
    return sound(file);
  }

  private int sound(FileInode file) {
    String broken = rules.broken(file.extents(), file.sizeBytes());
    if (broken == null) {
      return 0;
    }
    if (complaints.getAndIncrement() < MAX_COMPLAINTS) {
      LOGGER.log(Level.WARNING, "no client is given the map of {0}: {1}", file, broken);
    }
    return -Errno.EIO;
  }
}
