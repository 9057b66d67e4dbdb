package io.famfs.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/// A golden image on a sparse device of its full size, with what the reference says about it.
record GoldenVolume(TestDevice device, MemorySegment image, JsonNode truth) {

  static GoldenVolume load(String name, Path directory) {
    try (InputStream packed = open(name + ".img.gz");
        InputStream unpacked = new GZIPInputStream(packed);
        InputStream json = open(name + ".json")) {
      JsonNode truth = new ObjectMapper().readTree(json);
      MemorySegment image = MemorySegment.ofArray(unpacked.readAllBytes());
      TestDevice device =
          TestDevice.sparse(
              directory.resolve(name), truth.get("superblock").get("dax_size").longValue());
      MemorySegment.copy(image, 0, device.memory(), 0, image.byteSize());
      return new GoldenVolume(device, image, truth);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String file) {
    return Objects.requireNonNull(
        GoldenVolume.class.getClassLoader().getResourceAsStream("golden/" + file), file);
  }

  JsonNode verdict(String field) {
    return truth.get("reference_verdict").get("real_devdax_linux6.1").get(field);
  }
}
