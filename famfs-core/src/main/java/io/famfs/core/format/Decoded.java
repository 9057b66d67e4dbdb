package io.famfs.core.format;

import org.jspecify.annotations.Nullable;

/// What was read from the media, with the first thing that could not be represented.
///
/// @param value the fields; those that a fault names are cut to what can be represented
/// @param fault null when every field is represented
public record Decoded<T>(T value, @Nullable MediaFault fault) {}
