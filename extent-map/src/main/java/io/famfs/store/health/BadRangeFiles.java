package io.famfs.store.health;

import io.famfs.core.MemoryRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What this host remembers of bad memory: one file for each device, by its uuid, since the media
/// have no place for it. Text, so that an operator can read it:
///
/// ```text
/// famfs bad memory 1
/// device 123e4567-e89b-12d3-a456-426614174000
/// fault 2097152 4096
/// manual 4194304 8192
/// ```
///
/// Offset and length are bytes of the device. A file is replaced as a whole, so that a reader never
/// sees half of one, and changes of several programs happen one after the other.
public final class BadRangeFiles {
  /// Most ranges of one device.
  public static final int MAX_RANGES = 16_384;

  private static final String HEAD = "famfs bad memory ";
  private static final String VERSION = "1";
  private static final int MAX_BYTES = 1 << 20;

  /// File locks belong to the process; this keeps its threads apart.
  private static final Object ONE_AT_A_TIME = new Object();

  private final Path directory;

  /// What is remembered of one device.
  ///
  /// @param fault what accesses have found
  /// @param manual what operators have said
  public record Remembered(RangeSet fault, RangeSet manual) {
    /// Nothing.
    public static final Remembered NOTHING = new Remembered(RangeSet.EMPTY, RangeSet.EMPTY);
  }

  /// Tells two states of a file apart without reading it.
  ///
  /// @param key the file, as the file system knows it
  public record Stamp(@Nullable Object key, long modifiedNanos, long sizeBytes) {}

  /// @param directory where the files are; made by the first change
  public BadRangeFiles(Path directory) {
    this.directory = directory;
  }

  /// The file of a device.
  public Path file(UUID device) {
    return directory.resolve("bad-memory-" + device);
  }

  /// The present state of the file of a device; null when there is none.
  public @Nullable Stamp stamp(UUID device) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file(device), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return new Stamp(
          attributes.fileKey(),
          attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
          attributes.size());
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /// Reads what is remembered of a device.
  ///
  /// @throws IOException when the file cannot be read, or says anything else than it may; the
  ///   message names the line
  public Remembered read(UUID device) throws IOException {
    Path file = file(device);
    byte[] content;
    try (var in = Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      content = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      return Remembered.NOTHING;
    }
    if (content.length > MAX_BYTES) {
      throw new IOException(file + " is longer than " + MAX_BYTES + " bytes");
    }
    return new Parser(file, device)
        .parse(new String(content, StandardCharsets.ISO_8859_1).lines().toList());
  }

  /// Changes what is remembered of a device, durable when the call returns.
  ///
  /// @return what is remembered now
  /// @throws IOException when the file cannot be read, is no such file, or cannot be written; or
  ///   when there would be more than [#MAX_RANGES] ranges
  public Remembered change(UUID device, UnaryOperator<Remembered> change) throws IOException {
    synchronized (ONE_AT_A_TIME) {
      Files.createDirectories(directory);
      try (FileChannel lock =
              FileChannel.open(
                  directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var _ = lock.lock()) {
        Remembered before = read(device);
        Remembered after = change.apply(before);
        if (!after.equals(before)) {
          write(device, after);
        }
        return after;
      } catch (UncheckedIOException e) {
        throw Objects.requireNonNull(e.getCause());
      }
    }
  }

  private void write(UUID device, Remembered remembered) throws IOException {
    int ranges = remembered.fault.count() + remembered.manual.count();
    if (ranges > MAX_RANGES) {
      throw new IOException(ranges + " bad ranges of one device are more than " + MAX_RANGES);
    }
    Path file = file(device);
    if (ranges == 0) {
      Files.deleteIfExists(file);
      return;
    }
    StringBuilder text = new StringBuilder(HEAD + VERSION + "\ndevice " + device + "\n");
    append(text, BadCause.FAULT, remembered.fault);
    append(text, BadCause.MANUAL, remembered.manual);
    Path fresh = directory.resolve(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var bytes = java.nio.ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void append(StringBuilder text, BadCause cause, RangeSet set) {
    for (MemoryRange range : set.ranges()) {
      text.append(cause.label()).append(' ').append(range.offset());
      text.append(' ').append(range.lengthBytes()).append('\n');
    }
  }

  /// Reads the lines of one file and trusts none.
  private record Parser(Path file, UUID device) {
    Remembered parse(List<String> lines) throws IOException {
      if (lines.isEmpty() || !lines.getFirst().startsWith(HEAD)) {
        throw broken(1, "does not say '" + HEAD + VERSION + "'");
      }
      if (!lines.getFirst().equals(HEAD + VERSION)) {
        throw broken(
            1, "is of another version than " + VERSION + ", use the program that wrote it");
      }
      if (lines.size() < 2 || !lines.get(1).equals("device " + device)) {
        throw broken(2, "does not say 'device " + device + "'");
      }
      if (lines.size() - 2 > MAX_RANGES) {
        throw broken(MAX_RANGES + 3, "is one range too many");
      }
      List<MemoryRange> fault = new ArrayList<>();
      List<MemoryRange> manual = new ArrayList<>();
      for (int i = 2; i < lines.size(); i++) {
        String[] words = lines.get(i).split(" ", -1);
        boolean found = words[0].equals(BadCause.FAULT.label());
        if (words.length != 3 || !(found || words[0].equals(BadCause.MANUAL.label()))) {
          throw broken(i + 1, "is not 'fault OFFSET LENGTH' or 'manual OFFSET LENGTH'");
        }
        (found ? fault : manual).add(range(i + 1, words[1], words[2]));
      }
      return new Remembered(RangeSet.of(fault), RangeSet.of(manual));
    }

    private MemoryRange range(int line, String offset, String length) throws IOException {
      try {
        long from = Long.parseLong(offset);
        long bytes = Long.parseLong(length);
        if (from >= 0 && bytes > 0 && from <= Long.MAX_VALUE - bytes) {
          return new MemoryRange(from, bytes);
        }
      } catch (NumberFormatException e) {
        // Told below, as every other range that is none.
      }
      throw broken(line, "has no range of bytes");
    }

    private IOException broken(int line, String what) {
      return new IOException(
          file + ", line " + line + ": " + what + "; correct or remove the file");
    }
  }
}
