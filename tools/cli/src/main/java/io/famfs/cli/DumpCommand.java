package io.famfs.cli;

import io.famfs.core.JsonWriter;
import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaDump;
import io.famfs.core.format.MediaException;
import io.famfs.core.format.MediaFault;
import io.famfs.core.format.Superblock;
import io.famfs.core.format.SuperblockCodec;
import io.famfs.core.format.SuperblockLayout;
import io.famfs.core.format.SuperblockRules;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.dax.Mode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `famfs dump`: superblock, log header and entries as they are.
@Command(
    name = "dump",
    description = "Prints superblock, log header and log entries as they stand on the device.",
    footer = {"", "What is damaged is printed all the same, with a line on stderr and exit 1."})
final class DumpCommand extends BaseCommand {
  @Mixin private VolumeTarget target = new VolumeTarget();

  @Option(names = "--superblock", description = "Only the superblock, and what else is named.")
  private boolean superblock;

  @Option(names = "--log-header", description = "Only the log header, and what else is named.")
  private boolean logHeader;

  @Option(
      names = "--entry",
      paramLabel = "N[-M]",
      converter = SlotRange.Converter.class,
      description = "Only these slots of the log, in use or not, and what else is named.")
  private @Nullable SlotRange slots;

  @Option(
      names = "--raw",
      paramLabel = "OFFSET,LENGTH",
      converter = ByteRange.Converter.class,
      description = "Bytes of the first device in hexadecimal, whatever they are; nothing else.")
  private @Nullable ByteRange raw;

  @Option(names = "--hex", description = "Every byte in hexadecimal, each field with its meaning.")
  private boolean hex;

  @Option(names = "--json", description = "Print JSON; an array when there are several devices.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (json && (hex || raw != null)) {
      throw CliException.misuse("--json excludes --hex and --raw");
    }
    List<MappedDaxDevice> devices = new ArrayList<>();
    try {
      Devices named = target.devices();
      for (Path path : named.paths()) {
        devices.add(named.open(path, Mode.READ_ONLY));
      }
      if (raw != null) {
        printRaw(devices.getFirst(), raw);
        return DONE;
      }
      primaryFirst(devices);
      return dump(devices);
    } finally {
      devices.forEach(MappedDaxDevice::close);
    }
  }

  private int dump(List<MappedDaxDevice> devices) {
    MappedDaxDevice primary = devices.getFirst();
    try {
      MediaFault fault = superblockFault(primary.memory());
      if (everything() && fault != null && fault.rule() == MediaFault.Rule.SUPERBLOCK_MAGIC) {
        throw new CliException(message(primary, fault));
      }
      if (json) {
        printJson(devices);
      } else {
        printText(devices);
      }
      out().flush();
      if (fault != null) {
        complain(message(primary, fault));
      }
      return fault == null ? DONE : FAILED;
    } catch (MediaException e) {
      throw new CliException(message(primary, e.fault()));
    }
  }

  private boolean everything() {
    return !superblock && !logHeader && slots == null;
  }

  private MediaDump.Parts parts() {
    return everything()
        ? MediaDump.Parts.ALL
        : new MediaDump.Parts(
            superblock,
            logHeader,
            slots == null ? 0 : slots.first(),
            slots == null ? -1 : slots.last(),
            true);
  }

  private void printJson(List<MappedDaxDevice> devices) throws MediaException {
    JsonWriter writer = new JsonWriter(out());
    if (devices.size() > 1) {
      writer.beginArray();
    }
    MediaDump.write(devices.getFirst().memory(), writer, parts());
    for (MappedDaxDevice device : devices.subList(1, devices.size())) {
      MediaDump.write(device.memory(), writer, new MediaDump.Parts(true, false, 0, -1, false));
    }
    if (devices.size() > 1) {
      writer.endArray();
    }
    out().println();
  }

  private void printText(List<MappedDaxDevice> devices) throws MediaException {
    for (MappedDaxDevice device : devices) {
      if (device.sizeBytes() < LogHeaderLayout.MEDIA_OFFSET + LogHeaderLayout.BYTES) {
        throw new MediaException(
            new MediaFault(
                MediaFault.Rule.DEVICE_TOO_SMALL,
                0,
                device.sizeBytes() + " bytes cannot hold a famfs"));
      }
    }
    new DumpText(devices.getFirst().memory(), out(), hex).print(parts());
    for (MappedDaxDevice device : devices.subList(1, devices.size())) {
      out().println(device.name() + ":");
      new DumpText(device.memory(), out(), hex)
          .print(new MediaDump.Parts(true, false, 0, -1, false));
    }
  }

  private void printRaw(MappedDaxDevice device, ByteRange range) {
    if (range.offset() > device.sizeBytes()
        || range.lengthBytes() > device.sizeBytes() - range.offset()) {
      throw new CliException(
          device.name() + " has " + device.sizeBytes() + " bytes: the range ends behind it");
    }
    HexText.print(device.memory(), range, out());
    out().flush();
  }

  private static String message(MappedDaxDevice device, MediaFault fault) {
    return device.name() + ": " + fault.describe() + "; " + fault.rule().advice();
  }

  /// Puts the device with a log in front. Of damaged devices the first stays where it is.
  static void primaryFirst(List<MappedDaxDevice> devices) {
    for (int i = 1; i < devices.size(); i++) {
      if (hasLog(devices.get(i).memory()) && !hasLog(devices.getFirst().memory())) {
        devices.addFirst(devices.remove(i));
      }
    }
  }

  private static boolean hasLog(MemorySegment media) {
    if (media.byteSize() < SuperblockLayout.BYTES) {
      return false;
    }
    Superblock superblock = SuperblockCodec.decode(superblockCopy(media), 0);
    return superblock.magic() == SuperblockLayout.MAGIC && superblock.logLengthBytes() != 0;
  }

  private static @Nullable MediaFault superblockFault(MemorySegment media) {
    if (media.byteSize() < SuperblockLayout.BYTES) {
      return null;
    }
    return SuperblockRules.firstBroken(superblockCopy(media), media.byteSize());
  }

  private static MemorySegment superblockCopy(MemorySegment media) {
    byte[] copy = new byte[SuperblockLayout.BYTES];
    MemorySegment.copy(media, ValueLayout.JAVA_BYTE, 0, copy, 0, copy.length);
    return MemorySegment.ofArray(copy);
  }
}
