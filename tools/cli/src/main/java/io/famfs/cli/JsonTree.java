package io.famfs.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A JSON text that was read. What is missing, or of another type than asked for, is empty: a
/// server of another version may say less.
///
/// @param value a map, a list, a string, a long, a double, a boolean, or null
record JsonTree(@Nullable Object value) {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int MAX_DEPTH = 32;

  /// Reads a text.
  ///
  /// @throws IOException when it is no JSON, or deeper than 32 levels
  static JsonTree parse(String text) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      return new JsonTree(read(parser, parser.nextToken(), MAX_DEPTH));
    } catch (JsonProcessingException e) {
      throw new IOException("the answer is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static @Nullable Object read(JsonParser parser, @Nullable JsonToken token, int depth)
      throws IOException {
    if (token == null || depth == 0) {
      throw new IOException(token == null ? "no JSON: it ends too early" : "JSON is too deep");
    }
    return switch (token) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          members.put(name, read(parser, parser.nextToken(), depth - 1));
        }
        yield members;
      }
      case START_ARRAY -> {
        List<@Nullable Object> elements = new ArrayList<>();
        for (JsonToken next = parser.nextToken();
            next != JsonToken.END_ARRAY;
            next = parser.nextToken()) {
          elements.add(read(parser, next, depth - 1));
        }
        yield elements;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  /// A member of an object.
  JsonTree get(String name) {
    return new JsonTree(value instanceof Map<?, ?> members ? members.get(name) : null);
  }

  /// Whether an object has a member.
  boolean has(String name) {
    return value instanceof Map<?, ?> members && members.containsKey(name);
  }

  /// The members of an object, in their order.
  Map<String, JsonTree> members() {
    Map<String, JsonTree> all = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> members) {
      members.forEach((name, member) -> all.put(String.valueOf(name), new JsonTree(member)));
    }
    return all;
  }

  /// The elements of an array.
  List<JsonTree> elements() {
    List<JsonTree> all = new ArrayList<>();
    if (value instanceof List<?> elements) {
      elements.forEach(element -> all.add(new JsonTree(element)));
    }
    return all;
  }

  /// A string, with nothing in it that a terminal takes for a command.
  String text() {
    return value instanceof String text ? Inodes.printable(text) : "";
  }

  /// A string as it is.
  String raw() {
    return value instanceof String text ? text : "";
  }

  /// A number; 0 when it is none.
  long number() {
    return value instanceof Number number ? number.longValue() : 0;
  }

  /// A boolean; false when it is none.
  boolean isTrue() {
    return Boolean.TRUE.equals(value);
  }
}
