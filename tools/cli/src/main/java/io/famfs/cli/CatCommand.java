package io.famfs.cli;

import io.famfs.core.Errno;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs cat`.
@Command(name = "cat", description = "Writes files to the standard output.")
final class CatCommand extends BaseCommand {
  private static final int PIECE_BYTES = 1 << 30;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Option(
      names = {"-o", "--offset"},
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Where to start in each file (default: 0).")
  private long offset;

  @Option(
      names = {"-n", "--length"},
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "How many bytes of each file at most (default: all).")
  private long length = Long.MAX_VALUE;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "What to print.")
  private List<String> files = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    out().flush();
    // The channel of descriptor 1 takes device memory as it is; the stream on top would copy it.
    try (FileOutputStream stream = new FileOutputStream(FileDescriptor.out);
        FileChannel channel = stream.getChannel();
        OpenVolumes volumes = new OpenVolumes()) {
      for (String file : files) {
        Location location = devices.locate(file);
        OpenVolume opened = volumes.reading(location);
        if (!write(opened, Inodes.findFile(opened, location), channel)) {
          return FAILED;
        }
      }
    }
    return DONE;
  }

  /// Returns false when nobody reads the output any more, which needs no message.
  private boolean write(OpenVolume opened, FileInode file, FileChannel channel) throws IOException {
    opened.requireReachable(file);
    ExtentCursor cursor = new ExtentCursor();
    long at = offset;
    long end = file.sizeBytes();
    if (at < end && length < end - at) {
      end = at + length;
    }
    try {
      while (at < end && file.extents().resolve(at, Math.min(PIECE_BYTES, end - at), cursor)) {
        MappedDaxDevice device = (MappedDaxDevice) opened.volume().device(cursor.deviceIndex());
        writeRange(device, cursor.deviceOffset(), cursor.runBytes(), channel);
        at += cursor.runBytes();
      }
    } catch (IOException e) {
      if ("Broken pipe".equals(e.getMessage())) {
        return false;
      }
      throw e;
    }
    return true;
  }

  /// Holes of a device that is a file are not touched: a look at their memory would fill them.
  private static void writeRange(
      MappedDaxDevice device, long offset, long lengthBytes, FileChannel channel)
      throws IOException {
    long at = offset;
    long end = offset + lengthBytes;
    while (at < end) {
      long data = device.fd().nextData(at);
      long dataStart = data == -Errno.ENXIO ? end : data < 0 ? at : Math.min(data, end);
      for (long left = dataStart - at; left > 0; left -= ZEROS.capacity()) {
        writeAll(channel, ZEROS.slice(0, (int) Math.min(left, ZEROS.capacity())));
      }
      long hole = dataStart == end ? end : device.fd().nextHole(dataStart);
      long dataEnd = hole < 0 ? end : Math.min(hole, end);
      if (dataStart < dataEnd) {
        device.invalidate(dataStart, dataEnd - dataStart);
        writeAll(channel, device.memory().asSlice(dataStart, dataEnd - dataStart).asByteBuffer());
      }
      at = dataEnd;
    }
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
