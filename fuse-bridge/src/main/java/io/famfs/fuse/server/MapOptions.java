package io.famfs.fuse.server;

import io.famfs.fuse.protocol.DaxdevOut;
import io.famfs.fuse.protocol.InitFlag;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether and how the clients of a server are told where files lie.
///
/// @param devicePaths where a client finds the devices, by daxdev index: absolute paths on the
///   machine of the client; none when clients are not to map files themselves
/// @param extentReplyBit bit of INIT's flags, 44 to 63, by which a client asks for the list of
///   extents in the replies to OPEN and LOOKUP; -1 for none. No kernel has such a bit: it is for
///   those to come and for other programs that speak FUSE
public record MapOptions(List<String> devicePaths, int extentReplyBit) {
  /// Most devices: what kernels have room for.
  public static final int MAX_DEVICES = 64;

  private static final int FIRST_FREE_BIT = 44;

  /// @throws IllegalArgumentException for a path or a bit that cannot be
  public MapOptions {
    devicePaths = List.copyOf(devicePaths);
    if (devicePaths.size() > MAX_DEVICES) {
      throw new IllegalArgumentException(devicePaths.size() + " devices: at most " + MAX_DEVICES);
    }
    for (String path : devicePaths) {
      int bytes = path.getBytes(StandardCharsets.UTF_8).length;
      if (!path.startsWith("/") || bytes > DaxdevOut.NAME_MAX || path.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(
            "'" + path + "' is not an absolute path of at most " + DaxdevOut.NAME_MAX + " bytes");
      }
    }
    if (extentReplyBit != -1 && (extentReplyBit < FIRST_FREE_BIT || extentReplyBit >= Long.SIZE)) {
      throw new IllegalArgumentException(
          "bit " + extentReplyBit + ": name one from " + FIRST_FREE_BIT + " to 63");
    }
  }

  /// Clients are told nothing.
  public static MapOptions none() {
    return new MapOptions(List.of(), -1);
  }

  /// The same with paths of devices.
  public MapOptions withDevicePaths(List<String> paths) {
    return new MapOptions(paths, extentReplyBit);
  }

  /// The same with a bit for lists of extents in replies, -1 for none.
  public MapOptions withExtentReplyBit(int bit) {
    return new MapOptions(devicePaths, bit);
  }

  /// Whether all of so many devices have a name, and there is one at all.
  boolean nameAll(int devices) {
    return devices > 0 && devices <= devicePaths.size();
  }

  /// What relies on requests that such a client does not send.
  private static final long REQUESTS_ONLY =
      InitFlag.ATOMIC_O_TRUNC.mask()
          | InitFlag.HAS_INODE_DAX.mask()
          | InitFlag.HANDLE_KILLPRIV_V2.mask();

  /// The flags that INIT agrees on, the extension included.
  ///
  /// A client that maps files itself needs no window for them, truncates by SETATTR, which is
  /// refused, for a map can never be replaced, and takes set-id bits away by SETATTR when it stores
  /// through a map.
  long agree(long offered, long flags) {
    long agreed = flags;
    if (InitFlag.DAX_FMAP.in(flags)) {
      agreed &= ~REQUESTS_ONLY;
    }
    boolean extension = extentReplyBit != -1 && InitFlag.INIT_EXT.in(offered);
    return extension ? agreed | (offered & 1L << extentReplyBit) : agreed;
  }

  /// What a client with these flags is told; null for nothing.
  @Nullable ClientMaps forClient(long flags) {
    boolean fmap = InitFlag.DAX_FMAP.in(flags);
    boolean inReplies = extentReplyBit != -1 && (flags & 1L << extentReplyBit) != 0;
    return fmap || inReplies
        ? new ClientMaps(fmap, inReplies, new DeviceRegistration(devicePaths))
        : null;
  }
}
