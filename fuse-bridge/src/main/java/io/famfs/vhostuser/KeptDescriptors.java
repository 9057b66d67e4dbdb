package io.famfs.vhostuser;

import io.famfs.core.Errno;
import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.UnixSocket;
import io.famfs.virtio.GuestRegion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which descriptors of a connection have been left, and under which numbers. A number is used
/// once, so what an image names is there until the next image is.
final class KeptDescriptors {
  private static final String PREFIX = "fd.";

  private final @Nullable ConnectionKeeper keeper;
  private final Map<String, Integer> current = new HashMap<>();
  private final Map<GuestRegion.Identity, Integer> regions = new HashMap<>();
  private final List<Integer> unused = new ArrayList<>();
  private int last;

  KeptDescriptors(@Nullable ConnectionKeeper keeper) {
    this.keeper = keeper;
  }

  private static String role(int number) {
    return PREFIX + number;
  }

  private int keep(Fd fd) {
    ConnectionKeeper to = keeper;
    if (to == null) {
      return 0;
    }
    to.keep(role(++last), fd);
    return last;
  }

  /// A descriptor with a place of its own, which replaces the one that was there.
  void set(String place, @Nullable Fd fd) {
    Integer old = fd == null ? current.remove(place) : current.put(place, keep(fd));
    if (old != null) {
      unused.add(old);
    }
  }

  /// The number at a place; 0 when there is none.
  int number(String place) {
    return current.getOrDefault(place, 0);
  }

  /// A region that is about to be in force.
  void region(GuestRegion.Identity region, Fd fd) {
    if (keeper != null && !regions.containsKey(region)) {
      regions.put(region, keep(fd));
    }
  }

  /// The regions in force; others are not needed any more.
  List<ConnectionImage.Region> regions(List<GuestRegion> inForce) {
    Set<GuestRegion.Identity> needed = new HashSet<>();
    List<ConnectionImage.Region> images = new ArrayList<>();
    for (GuestRegion region : inForce) {
      GuestRegion.Identity identity = region.identity();
      Integer number = regions.get(identity);
      if (number != null) {
        needed.add(identity);
        images.add(
            new ConnectionImage.Region(
                identity.fileOffset(),
                identity.guestAddress(),
                identity.userAddress(),
                identity.sizeBytes(),
                number));
      }
    }
    regions
        .entrySet()
        .removeIf(entry -> !needed.contains(entry.getKey()) && unused.add(entry.getValue()));
    return images;
  }

  /// Drops what no image names any more.
  void tidy() {
    ConnectionKeeper from = keeper;
    if (from != null) {
      unused.forEach(number -> from.drop(role(number)));
    }
    unused.clear();
  }

  /// What another process has left.
  static final class Heritage {
    private final Map<String, Fd> fds;
    private final KeptDescriptors kept;

    Heritage(Map<String, Fd> fds, KeptDescriptors kept) {
      this.fds = fds;
      this.kept = kept;
    }

    private Fd fd(int number) throws ErrnoException {
      Fd fd = fds.get(role(number));
      if (fd == null) {
        throw new ErrnoException(
            "take over descriptor " + number + " of a connection",
            Errno.EBADF,
            "nobody has kept it");
      }
      kept.last = Math.max(kept.last, number);
      return fd.duplicate();
    }

    @Nullable Notifier notifier(String place, int number) throws ErrnoException {
      if (number == 0) {
        return null;
      }
      Fd fd = fd(number);
      kept.current.put(place, number);
      return Notifier.of(fd);
    }

    UnixSocket socket(String place, int number) throws ErrnoException {
      Fd fd = fd(number);
      kept.current.put(place, number);
      return UnixSocket.adopt(fd);
    }

    Fd log(String place, int number) throws ErrnoException {
      Fd fd = fd(number);
      kept.current.put(place, number);
      return fd;
    }

    Fd region(int number) throws ErrnoException {
      return fd(number);
    }

    void region(GuestRegion.Identity region, int number) {
      kept.regions.put(region, number);
    }

    /// Lets go of everything that was not asked for.
    void close() {
      for (Map.Entry<String, Fd> entry : fds.entrySet()) {
        int number = Integer.parseInt(entry.getKey().substring(PREFIX.length()));
        boolean named = kept.current.containsValue(number) || kept.regions.containsValue(number);
        if (!named) {
          kept.unused.add(number);
        }
        kept.last = Math.max(kept.last, number);
        entry.getValue().close();
      }
    }
  }
}
