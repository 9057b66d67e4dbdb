package io.famfs.store.namespace;

import io.famfs.store.extent.ExtentMap;

/// Size and map of a file.
///
/// @param sizeBytes size, at most what the map reaches
/// @param extents where the bytes are
public record FileContent(long sizeBytes, ExtentMap extents) {}
