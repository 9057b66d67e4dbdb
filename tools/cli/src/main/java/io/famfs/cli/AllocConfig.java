package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.core.extent.Fmap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// How files are interleaved unless the command line says something else.
///
/// The file is the `.alloc.cfg` of the reference:
///
/// ```
/// interleaved_alloc:
///   nbuckets: 8
///   nstrips: 4
///   chunk_size: 2M
/// ```
///
/// Numbers are decimal or start with 0x, sizes may have a suffix. A file that breaks a rule is
/// refused: nobody notices defaults that were left out.
///
/// @param chunkBytes bytes in a strip before the next strip continues
/// @param strips number of strips
/// @param buckets into how many parts the device is divided, 0 for one strip per device
record AllocConfig(long chunkBytes, int strips, int buckets) {
  private static final String ROOT = "interleaved_alloc";
  private static final String BUCKETS = "nbuckets";
  private static final String STRIPS = "nstrips";
  private static final String CHUNK = "chunk_size";
  private static final int MAX_FILE_BYTES = 1 << 16;
  private static final int MAX_BUCKETS = 64;

  /// Reads a file.
  static AllocConfig read(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw refused(file, "has more than " + MAX_FILE_BYTES + " bytes");
    }
    Map<String, String> values = values(file, Files.readString(file, StandardCharsets.UTF_8));
    int strips = (int) number(file, values, STRIPS, 1, Fmap.MAX_RANGES);
    int buckets = 0;
    if (values.containsKey(BUCKETS)) {
      buckets = (int) number(file, values, BUCKETS, strips, MAX_BUCKETS);
    }
    return new AllocConfig(number(file, values, CHUNK, 1, Long.MAX_VALUE), strips, buckets);
  }

  private static Map<String, String> values(Path file, String text) {
    Node root;
    try {
      LoadSettings settings = LoadSettings.builder().build();
      root =
          new Composer(settings, new ParserImpl(settings, new StreamReader(settings, text)))
              .getSingleNode()
              .orElse(null);
    } catch (YamlEngineException e) {
      throw refused(
          file, "is no YAML: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
    Map<String, Node> outer = fields(file, root, "the file");
    Map<String, String> values = new TreeMap<>();
    fields(file, outer.get(ROOT), ROOT)
        .forEach((key, node) -> {
          if (!(node instanceof ScalarNode scalar)) {
            throw refused(file, "'" + key + "' is not a number");
          }
          values.put(key, scalar.getValue());
        });
    requireKnown(file, outer.keySet(), ROOT);
    requireKnown(file, values.keySet(), BUCKETS, STRIPS, CHUNK);
    return values;
  }

  private static Map<String, Node> fields(Path file, @Nullable Node node, String what) {
    if (!(node instanceof MappingNode mapping)) {
      throw refused(file, what + " has no keys and values below '" + ROOT + "'");
    }
    Map<String, Node> fields = new TreeMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      if (fields.put(key, tuple.getValueNode()) != null) {
        throw refused(file, "has '" + key + "' twice");
      }
    }
    return fields;
  }

  private static void requireKnown(Path file, Iterable<String> keys, String... known) {
    for (String key : keys) {
      if (!java.util.List.of(known).contains(key)) {
        throw refused(file, "has an unknown key '" + key + "'");
      }
    }
  }

  private static long number(
      Path file, Map<String, String> values, String key, long least, long most) {
    String text = values.get(key);
    if (text == null) {
      throw refused(file, "has no '" + key + "'");
    }
    long number;
    try {
      number = ByteSize.parse(text);
    } catch (NumberFormatException e) {
      throw refused(file, "'" + key + "': " + e.getMessage());
    }
    if (number < least || number > most) {
      throw refused(file, "'" + key + "' is " + text + ", not " + least + " to " + most);
    }
    return number;
  }

  private static CliException refused(Path file, String why) {
    return new CliException(file + ": " + why);
  }
}
