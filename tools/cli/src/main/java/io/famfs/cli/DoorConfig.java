package io.famfs.cli;

import io.famfs.doors.Doors;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// What a configuration file of `famfs serve` says: YAML with `devices`, `defaults`, `sockets` and
/// `mounts`. What can be said about a door is what the command line takes ([DoorKey]), and `path`.
/// Relative paths start at the file's directory.
///
/// Whatever is not known is refused with its line: nobody notices what was left out.
///
/// @param devices the devices; empty when the file names none
/// @param defaults what holds for doors that say nothing else
/// @param sockets the sockets for guests
/// @param mounts the mounts on this host
record DoorConfig(
    List<Path> devices,
    DoorValues defaults,
    List<DoorValues.Named> sockets,
    List<DoorValues.Named> mounts) {
  private static final int MAX_FILE_BYTES = 1 << 18;
  private static final String DEVICES = "devices";
  private static final String DEFAULTS = "defaults";
  private static final String SOCKETS = "sockets";
  private static final String MOUNTS = "mounts";
  private static final String PATH = "path";

  /// What is said where no file is.
  static DoorConfig none() {
    return new DoorConfig(List.of(), new DoorValues(), List.of(), List.of());
  }

  /// Reads a file.
  ///
  /// @throws CliException with `FILE:LINE:` and what is wrong there
  static DoorConfig read(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw CliException.misuse(file + ": has more than " + MAX_FILE_BYTES + " bytes");
    }
    String text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      throw CliException.misuse(file + ": is not UTF-8");
    }
    return new Reader(file).read(text);
  }

  /// One value of a key, with where it is.
  private record Field(Node key, Node value) {}

  /// Takes one file apart. What the file has in depth beyond what is looked for is not followed.
  private static final class Reader {
    private final Path file;
    private final Path directory;

    Reader(Path file) {
      this.file = file;
      directory = Objects.requireNonNullElse(file.toAbsolutePath().getParent(), Path.of("/"));
    }

    DoorConfig read(String text) {
      Node root = compose(text);
      if (root == null) {
        return none();
      }
      Map<String, Field> fields = fields(root, "the file");
      requireKnown(fields, List.of(DEVICES, DEFAULTS, SOCKETS, MOUNTS));
      List<Path> devices = new ArrayList<>();
      for (ScalarNode device : scalars(fields.get(DEVICES))) {
        devices.add(path(device));
      }
      Field defaults = fields.get(DEFAULTS);
      return new DoorConfig(
          devices,
          defaults == null ? new DoorValues() : values(fields(defaults.value(), DEFAULTS)),
          doors(fields.get(SOCKETS), SOCKETS),
          doors(fields.get(MOUNTS), MOUNTS));
    }

    private @Nullable Node compose(String text) {
      LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
      try {
        StreamReader reader = new StreamReader(settings, text);
        return new Composer(settings, new ParserImpl(settings, reader))
            .getSingleNode()
            .orElse(null);
      } catch (MarkedYamlEngineException e) {
        String problem = String.valueOf(e.getProblem()).lines().findFirst().orElse("no YAML");
        throw refused(e.getProblemMark().orElse(null), "is no YAML: " + problem);
      } catch (YamlEngineException e) {
        String problem = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        throw refused((Mark) null, "is no YAML: " + problem);
      } catch (StackOverflowError e) {
        throw refused((Mark) null, "is nested too deeply");
      }
    }

    private List<DoorValues.Named> doors(@Nullable Field field, String what) {
      if (field == null) {
        return List.of();
      }
      if (!(field.value() instanceof SequenceNode list)) {
        throw refused(field.value(), "'" + what + "' is not a list of doors");
      }
      if (list.getValue().size() > Doors.MAX_DOORS) {
        throw refused(field.value(), "more than " + Doors.MAX_DOORS + " doors");
      }
      List<DoorValues.Named> doors = new ArrayList<>();
      for (Node entry : list.getValue()) {
        Map<String, Field> fields = fields(entry, "an entry of '" + what + "'");
        Field path = fields.remove(PATH);
        if (path == null) {
          throw refused(entry, "an entry of '" + what + "' has no 'path'");
        }
        doors.add(new DoorValues.Named(path(scalar(path.value())), values(fields)));
      }
      return doors;
    }

    private DoorValues values(Map<String, Field> fields) {
      DoorValues values = new DoorValues();
      fields.forEach((name, field) -> {
        if (DoorKey.of(name) == null) {
          List<String> known = new ArrayList<>(DoorKey.keys());
          known.add(PATH);
          throw refused(field.key(), unknown(name, known));
        }
        for (ScalarNode value : scalars(field)) {
          try {
            values.put(name, value.getValue());
          } catch (IllegalArgumentException e) {
            throw refused(value, String.valueOf(e.getMessage()));
          }
        }
      });
      return values;
    }

    private Map<String, Field> fields(Node node, String what) {
      if (!(node instanceof MappingNode mapping)) {
        throw refused(node, what + " has no keys with values");
      }
      Map<String, Field> fields = new LinkedHashMap<>();
      for (NodeTuple tuple : mapping.getValue()) {
        String key = scalar(tuple.getKeyNode()).getValue();
        Field field = new Field(tuple.getKeyNode(), tuple.getValueNode());
        if (fields.put(key, field) != null) {
          throw refused(tuple.getKeyNode(), "'" + key + "' is there twice");
        }
      }
      return fields;
    }

    private void requireKnown(Map<String, Field> fields, List<String> known) {
      fields.forEach((name, field) -> {
        if (!known.contains(name)) {
          throw refused(field.key(), unknown(name, known));
        }
      });
    }

    private static String unknown(String name, List<String> known) {
      return "unknown key '" + name + "'" + Suggestions.of(name, known);
    }

    /// A value, or the values of a list.
    private List<ScalarNode> scalars(@Nullable Field field) {
      if (field == null) {
        return List.of();
      }
      return field.value() instanceof SequenceNode list
          ? list.getValue().stream().map(this::scalar).toList()
          : List.of(scalar(field.value()));
    }

    private ScalarNode scalar(Node node) {
      if (node instanceof ScalarNode scalar) {
        return scalar;
      }
      throw refused(node, "a single value is expected here");
    }

    private Path path(ScalarNode node) {
      try {
        return directory.resolve(DoorValues.path(PATH, node.getValue()));
      } catch (CliException e) {
        throw refused(node, e.getMessage());
      }
    }

    private CliException refused(Node where, String why) {
      return refused(where.getStartMark().orElse(null), why);
    }

    private CliException refused(@Nullable Mark where, String why) {
      String line = where == null ? "" : ":" + (where.getLine() + 1);
      return CliException.misuse(file + line + ": " + why);
    }
  }
}
