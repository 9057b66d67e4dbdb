package io.famfs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// An image made by the reference implementation, as a whole device.
final class GoldenVolume {
  private static final Path FOLDER = Path.of("../../famfs-core/src/test/resources/golden");

  private GoldenVolume() {}

  /// A file of the collection: `g2-tree-512M.json`.
  static JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(FOLDER.resolve(file).toFile());
  }

  /// Unpacks an image and gives it the size its superblock says; what is behind the log is a hole.
  static Path unpack(String name, Path folder) throws IOException {
    Path file = folder.resolve(name + ".img");
    try (InputStream packed = Files.newInputStream(FOLDER.resolve(name + ".img.gz"));
        InputStream image = new GZIPInputStream(packed)) {
      Files.copy(image, file);
    }
    try (RandomAccessFile device = new RandomAccessFile(file.toFile(), "rw")) {
      device.setLength(json(name + ".json").get("superblock").get("dax_size").longValue());
    }
    return file;
  }
}
