package io.famfs.fuse.device;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Maps a file of a mount shared, in a process of its own: loads, stores, makes the store visible.
/// Prints what it loaded.
public final class MappingClient {
  private MappingClient() {}

  /// Arguments: the file, how many bytes to load at its start, the text to store there.
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    byte[] loaded = new byte[Integer.parseInt(arguments[1])];
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer map = channel.map(MapMode.READ_WRITE, 0, channel.size());
      map.get(0, loaded);
      map.put(0, arguments[2].getBytes(StandardCharsets.US_ASCII));
      map.force();
    }
    System.out.print(new String(loaded, StandardCharsets.US_ASCII));
  }
}
