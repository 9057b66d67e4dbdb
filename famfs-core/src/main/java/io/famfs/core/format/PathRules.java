package io.famfs.core.format;

import io.famfs.core.format.MediaFault.Rule;
import org.jspecify.annotations.Nullable;

/// What a path in the log has to look like: relative, UTF-8, components separated by single
/// slashes, none of them `.` or `..`, the first not `.meta`, at most
/// [LogEntryLayout#MAX_PATH_BYTES] bytes.
public final class PathRules {
  private static final String META = ".meta";

  private PathRules() {}

  /// The first rule that a path breaks, null when it breaks none.
  public static @Nullable Rule firstBroken(MediaText path) {
    if (!path.terminated() || path.lengthBytes() > LogEntryLayout.MAX_PATH_BYTES) {
      return Rule.PATH_UNTERMINATED;
    }
    if (path.lengthBytes() == 0) {
      return Rule.PATH_EMPTY;
    }
    if (!path.validUtf8()) {
      return Rule.PATH_ENCODING;
    }
    String text = path.toString();
    if (text.startsWith("/")) {
      return Rule.PATH_ABSOLUTE;
    }
    String[] components = text.split("/", -1);
    for (String component : components) {
      if (component.isEmpty() || component.equals(".") || component.equals("..")) {
        return Rule.PATH_COMPONENT;
      }
    }
    return components[0].equals(META) ? Rule.PATH_META : null;
  }

  /// What the rule demands, for a message that starts with the path.
  public static String explain(Rule rule) {
    return switch (rule) {
      case PATH_UNTERMINATED -> "is longer than " + LogEntryLayout.MAX_PATH_BYTES + " bytes";
      case PATH_EMPTY -> "is empty";
      case PATH_ENCODING -> "is not UTF-8";
      case PATH_ABSOLUTE -> "starts with a slash";
      case PATH_COMPONENT -> "has a component that is empty, '.' or '..'";
      case PATH_META -> "leads into .meta, which is reserved";
      default -> "breaks the rule " + rule.label();
    };
  }
}
