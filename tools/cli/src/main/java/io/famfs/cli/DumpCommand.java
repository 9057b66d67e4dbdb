package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.core.format.MediaDump;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.core.format.SuperblockRules;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `famfs dump`: superblock, log header and entries as they are.
@Command(
    name = "dump",
    description = "Prints superblock, log header and log entries as they stand on the device.",
    footer = {"", "What is damaged is printed all the same, with a line on stderr and exit 1."})
final class DumpCommand extends BaseCommand {
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Parameters(paramLabel = "DEVICE", description = "The device.")
  private Path device = Path.of("");

  @Override
  public Integer call() throws IOException {
    try (MappedDaxDevice opened = OpenVolume.device(device, Mode.READ_ONLY)) {
      MediaFault fault = superblockFault(opened.memory());
      if (fault != null && fault.rule() == MediaFault.Rule.SUPERBLOCK_MAGIC) {
        throw new CliException(message(fault));
      }
      // Before the text form, too: it finds the devices that are too short.
      StringBuilder text = new StringBuilder();
      MediaDump.write(opened.memory(), new JsonWriter(text));
      if (json) {
        out().println(text);
      } else {
        DumpText.print(opened.memory(), out());
      }
      out().flush();
      if (fault != null) {
        complain(message(fault));
      }
      return fault == null ? DONE : FAILED;
    } catch (MediaException e) {
      throw new CliException(message(e.fault()));
    }
  }

  private String message(MediaFault fault) {
    return device + ": " + fault.describe() + "; " + fault.rule().advice();
  }

  private static @Nullable MediaFault superblockFault(MemorySegment media) {
    if (media.byteSize() < SuperblockLayout.BYTES) {
      return null;
    }
    byte[] copy = new byte[SuperblockLayout.BYTES];
    MemorySegment.copy(media, ValueLayout.JAVA_BYTE, 0, copy, 0, copy.length);
    return SuperblockRules.firstBroken(MemorySegment.ofArray(copy), media.byteSize());
  }
}
