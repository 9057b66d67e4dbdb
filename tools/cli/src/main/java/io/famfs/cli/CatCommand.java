package io.famfs.cli;

import io.famfs.store.extent.ExtentCursor;
import io.famfs.store.namespace.FileInode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `famfs cat`.
@Command(name = "cat", description = "Writes files to the standard output.")
final class CatCommand extends BaseCommand {
  @Mixin private DeviceOptions devices = new DeviceOptions();

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "What to print.")
  private List<String> files = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    out().flush();
    // The channel of descriptor 1 takes device memory as it is; the stream on top would copy it.
    try (FileOutputStream stream = new FileOutputStream(FileDescriptor.out);
        FileChannel channel = stream.getChannel()) {
      for (String file : files) {
        Location location = devices.locate(file);
        try (OpenVolume opened = OpenVolume.forReading(location.devices())) {
          FileInode inode = Inodes.findFile(opened, location);
          if (!write(opened, inode, channel)) {
            return FAILED;
          }
        }
      }
    }
    return DONE;
  }

  /// Returns false when nobody reads the output any more, which needs no message.
  private static boolean write(OpenVolume opened, FileInode file, FileChannel channel)
      throws IOException {
    ExtentCursor cursor = new ExtentCursor();
    long at = 0;
    while (at < file.sizeBytes() && file.extents().resolve(at, file.sizeBytes() - at, cursor)) {
      long run = Math.min(cursor.runBytes(), Integer.MAX_VALUE);
      MemorySegment memory = opened.volume().memory(cursor.deviceIndex());
      opened.volume().device(cursor.deviceIndex()).invalidate(cursor.deviceOffset(), run);
      ByteBuffer bytes = memory.asSlice(cursor.deviceOffset(), run).asByteBuffer();
      try {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException e) {
        if ("Broken pipe".equals(e.getMessage())) {
          return false;
        }
        throw e;
      }
      at += run;
    }
    return true;
  }
}
