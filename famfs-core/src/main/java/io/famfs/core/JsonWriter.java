package io.famfs.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;

/// Writes one JSON text (RFC 8259), indented by two spaces, straight into an [Appendable].
///
/// Strings are escaped so that the output is valid whatever they hold: quotes, backslashes, control
/// characters, and surrogates without a partner, which are escaped by number. Calls in an order
/// that would not give JSON throw [IllegalStateException].
public final class JsonWriter {
  private static final class Scope {
    final boolean object;
    boolean empty = true;

    Scope(boolean object) {
      this.object = object;
    }
  }

  private final Appendable out;
  private final Deque<Scope> scopes = new ArrayDeque<>();
  private boolean nameWritten;
  private boolean done;

  /// A writer of one JSON value.
  ///
  /// @param out where the text goes; an [IOException] of it surfaces as [UncheckedIOException]
  public JsonWriter(Appendable out) {
    this.out = out;
  }

  /// Opens an object, as a value.
  public JsonWriter beginObject() {
    return begin(true);
  }

  /// Closes the innermost object.
  public JsonWriter endObject() {
    return end(true);
  }

  /// Opens an array, as a value.
  public JsonWriter beginArray() {
    return begin(false);
  }

  /// Closes the innermost array.
  public JsonWriter endArray() {
    return end(false);
  }

  /// Writes the name of the next member of the innermost object.
  public JsonWriter name(String name) {
    Scope scope = scopes.peek();
    if (scope == null || !scope.object || nameWritten) {
      throw new IllegalStateException("a name does not belong here: " + name);
    }
    separate(scope);
    quote(name);
    append(": ");
    nameWritten = true;
    return this;
  }

  /// Writes a string value.
  public JsonWriter value(String text) {
    beforeValue();
    quote(text);
    return afterValue();
  }

  /// Writes a signed number.
  public JsonWriter value(long number) {
    return raw(Long.toString(number));
  }

  /// Writes a number that is unsigned in 64 bits.
  public JsonWriter unsigned(long number) {
    return raw(Long.toUnsignedString(number));
  }

  /// Writes `true` or `false`.
  public JsonWriter value(boolean value) {
    return raw(Boolean.toString(value));
  }

  /// Writes `null`.
  public JsonWriter nullValue() {
    return raw("null");
  }

  private JsonWriter begin(boolean object) {
    beforeValue();
    append(object ? "{" : "[");
    scopes.push(new Scope(object));
    return this;
  }

  private JsonWriter end(boolean object) {
    Scope scope = scopes.peek();
    if (scope == null || scope.object != object || nameWritten) {
      throw new IllegalStateException("nothing to close here");
    }
    scopes.pop();
    if (!scope.empty) {
      newLine();
    }
    append(object ? "}" : "]");
    return afterValue();
  }

  private JsonWriter raw(String text) {
    beforeValue();
    append(text);
    return afterValue();
  }

  private void beforeValue() {
    Scope scope = scopes.peek();
    if (scope == null ? done : scope.object && !nameWritten) {
      throw new IllegalStateException("a value does not belong here");
    }
    if (scope != null && !scope.object) {
      separate(scope);
    }
    nameWritten = false;
  }

  private JsonWriter afterValue() {
    done = scopes.isEmpty();
    return this;
  }

  private void separate(Scope scope) {
    if (!scope.empty) {
      append(",");
    }
    scope.empty = false;
    newLine();
  }

  private void newLine() {
    append("\n");
    for (int i = 0; i < scopes.size(); i++) {
      append("  ");
    }
  }

  private void quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    // A pair arrives as one code point, a lone surrogate as itself.
    text.codePoints().forEach(codePoint -> escape(quoted, codePoint));
    append(quoted.append('"'));
  }

  private static void escape(StringBuilder quoted, int codePoint) {
    switch (codePoint) {
      case '"' -> quoted.append("\\\"");
      case '\\' -> quoted.append("\\\\");
      case '\n' -> quoted.append("\\n");
      case '\r' -> quoted.append("\\r");
      case '\t' -> quoted.append("\\t");
      default -> {
        boolean lone = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        if (codePoint < 0x20 || codePoint == 0x7f || lone) {
          quoted.append(String.format("\\u%04x", codePoint));
        } else {
          quoted.appendCodePoint(codePoint);
        }
      }
    }
  }

  private void append(CharSequence text) {
    try {
      out.append(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
