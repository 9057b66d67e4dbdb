package io.famfs.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// The images made by the reference implementation, as whole devices.
final class Golden {
  private static final Path FOLDER = Launched.ROOT.resolve("famfs-core/src/test/resources/golden");

  private Golden() {}

  /// What the image holds.
  static JsonNode truth(String name) {
    try {
      return new ObjectMapper().readTree(FOLDER.resolve(name + ".json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Unpacks an image and gives it the size its superblock says; what is behind the log is a hole.
  static Path unpack(String name, Path folder) throws IOException {
    Path file = folder.resolve(name + ".img");
    try (InputStream packed = Files.newInputStream(FOLDER.resolve(name + ".img.gz"));
        InputStream image = new GZIPInputStream(packed)) {
      Files.copy(image, file);
    }
    try (RandomAccessFile device = new RandomAccessFile(file.toFile(), "rw")) {
      device.setLength(truth(name).get("superblock").get("dax_size").longValue());
    }
    return file;
  }
}
