package io.famfs.core.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/// Superblock area and log as the reference implementation wrote them, with what its own structs
/// say about them.
record GoldenImage(String name, MemorySegment media, JsonNode truth) {
  static final List<String> NAMES =
      List.of("g1-fresh-256M", "g2-tree-512M", "g3-interleaved-16G", "g6-sb-crc-bad");

  static GoldenImage load(String name) {
    try (InputStream image = open(name + ".img.gz");
        InputStream unpacked = new GZIPInputStream(image);
        InputStream json = open(name + ".json")) {
      return new GoldenImage(
          name, MemorySegment.ofArray(unpacked.readAllBytes()), new ObjectMapper().readTree(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String file) {
    return Objects.requireNonNull(
        GoldenImage.class.getClassLoader().getResourceAsStream("golden/" + file), file);
  }

  MemorySegment superblock() {
    return media.asSlice(0, SuperblockLayout.BYTES);
  }

  MemorySegment logHeader() {
    return media.asSlice(LogHeaderLayout.MEDIA_OFFSET, LogHeaderLayout.BYTES);
  }

  MemorySegment entry(long index) {
    return media.asSlice(LogHeaderLayout.entryMediaOffset(index), LogEntryLayout.BYTES);
  }

  @Override
  public String toString() {
    return name;
  }
}
