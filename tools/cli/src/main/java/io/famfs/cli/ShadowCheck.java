package io.famfs.cli;

import io.famfs.core.extent.DeviceRange;
import io.famfs.core.extent.Fmap;
import io.famfs.core.format.LogEntry.FileEntry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// Reads a shadow file with a YAML parser and compares it with the log, field by field.
final class ShadowCheck {
  private ShadowCheck() {}

  /// What is different, in words; null when nothing is.
  static @Nullable String difference(FileEntry entry, String text) {
    try {
      // The tree as it is written, without types: what a scalar means is decided here.
      LoadSettings settings = LoadSettings.builder().build();
      Node found =
          new Composer(settings, new ParserImpl(settings, new StreamReader(settings, text)))
              .getSingleNode()
              .orElse(null);
      return compare("", Map.of("file", expected(entry)), found);
    } catch (YamlEngineException e) {
      return "is no YAML: " + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
  }

  private static Map<String, Object> expected(FileEntry entry) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("path", entry.path().toString());
    file.put("size", entry.sizeBytes());
    file.put("flags", (long) entry.flags());
    file.put("mode", (long) entry.mode());
    file.put("uid", (long) entry.uid());
    file.put("gid", (long) entry.gid());
    switch (entry.fmap()) {
      case Fmap.Simple simple -> {
        file.put("nextents", (long) simple.ranges().size());
        file.put("simple_ext_list", ranges(simple.ranges()));
      }
      case Fmap.Interleaved interleaved -> {
        file.put("nextents", 1L);
        file.put(
            "striped_ext_list",
            List.of(
                Map.of(
                    "nstrips", (long) interleaved.ranges().size(),
                    "chunk_size", interleaved.chunkBytes(),
                    "simple_ext_list", ranges(interleaved.ranges()))));
      }
    }
    return file;
  }

  private static List<Object> ranges(List<DeviceRange> ranges) {
    return ranges.stream()
        .<Object>map(range ->
            Map.of(
                "devindex", (long) range.daxdevIndex(),
                "offset", range.offset(),
                "length", range.lengthBytes()))
        .toList();
  }

  /// As deep as the expected tree, whatever loops the text has.
  private static @Nullable String compare(String where, Object expected, @Nullable Node found) {
    return switch (expected) {
      case Map<?, ?> fields when found instanceof MappingNode mapping -> {
        Map<String, Node> others = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
          others.put(scalar(tuple.getKeyNode()), tuple.getValueNode());
        }
        if (mapping.getValue().size() != fields.size()
            || !fields.keySet().equals(others.keySet())) {
          yield where + " has the keys " + others.keySet() + ", not " + fields.keySet();
        }
        yield fields.entrySet().stream()
            .map(field ->
                compare(where + "/" + field.getKey(), field.getValue(), others.get(field.getKey())))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
      }
      case List<?> items
          when found instanceof SequenceNode sequence
              && items.size() == sequence.getValue().size() ->
          IntStream.range(0, items.size())
              .mapToObj(i -> compare(where + "/" + i, items.get(i), sequence.getValue().get(i)))
              .filter(Objects::nonNull)
              .findFirst()
              .orElse(null);
      case Long number when number.equals(number(scalar(found))) -> null;
      case String text when text.equals(scalar(found)) -> null;
      default -> where + " is '" + scalar(found) + "', in the log " + expected;
    };
  }

  /// The text of a scalar; a word in angle brackets for what is none.
  private static String scalar(@Nullable Node node) {
    return switch (node) {
      case null -> "<nothing>";
      case ScalarNode scalar -> scalar.getValue();
      default -> "<" + node.getNodeType() + ">";
    };
  }

  /// Decimal, `0x` hexadecimal or `0` octal; null for anything else.
  private static @Nullable Long number(String text) {
    try {
      return Long.decode(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
