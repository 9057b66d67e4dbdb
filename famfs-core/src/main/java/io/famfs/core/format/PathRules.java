package io.famfs.core.format;

import io.famfs.core.format.MediaFault.Rule;
import org.jspecify.annotations.Nullable;

/// What a path in the log has to look like: relative, UTF-8, components separated by single
/// slashes, none of them `.` or `..`, the first not `.meta`, at most
/// [LogEntryLayout#MAX_PATH_BYTES] bytes.
public final class PathRules {
  private static final byte[] META = {'.', 'm', 'e', 't', 'a'};

  private PathRules() {}

  /// The first rule that a path breaks, null when it breaks none.
  public static @Nullable Rule firstBroken(MediaText path) {
    return path.terminated()
        ? firstBroken(path.rawBytes(), 0, path.lengthBytes())
        : Rule.PATH_UNTERMINATED;
  }

  /// The first rule that the bytes of a path break, null when they break none. Allocates nothing.
  ///
  /// @param bytes holds the path at `offset`
  /// @param lengthBytes bytes before the NUL
  public static @Nullable Rule firstBroken(byte[] bytes, int offset, int lengthBytes) {
    if (lengthBytes > LogEntryLayout.MAX_PATH_BYTES) {
      return Rule.PATH_UNTERMINATED;
    }
    if (lengthBytes == 0) {
      return Rule.PATH_EMPTY;
    }
    int allBits = 0;
    for (int i = 0; i < lengthBytes; i++) {
      allBits |= bytes[offset + i];
    }
    // Bytes of ASCII alone, as in nearly every path, are UTF-8.
    if (allBits < 0 && !Utf8.valid(bytes, offset, lengthBytes)) {
      return Rule.PATH_ENCODING;
    }
    if (bytes[offset] == '/') {
      return Rule.PATH_ABSOLUTE;
    }
    int start = 0;
    int firstLength = -1;
    for (int i = 0; i <= lengthBytes; i++) {
      if (i == lengthBytes || bytes[offset + i] == '/') {
        if (emptyOrDots(bytes, offset + start, i - start)) {
          return Rule.PATH_COMPONENT;
        }
        firstLength = firstLength < 0 ? i : firstLength;
        start = i + 1;
      }
    }
    return isMeta(bytes, offset, firstLength) ? Rule.PATH_META : null;
  }

  private static boolean emptyOrDots(byte[] bytes, int offset, int lengthBytes) {
    if (lengthBytes > 2) {
      return false;
    }
    for (int i = 0; i < lengthBytes; i++) {
      if (bytes[offset + i] != '.') {
        return false;
      }
    }
    return true;
  }

  private static boolean isMeta(byte[] bytes, int offset, int lengthBytes) {
    if (lengthBytes != META.length) {
      return false;
    }
    for (int i = 0; i < lengthBytes; i++) {
      if (bytes[offset + i] != META[i]) {
        return false;
      }
    }
    return true;
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
