package io.famfs.store.namespace;

import io.famfs.core.extent.Fmap;
import io.famfs.store.extent.ExtentMap;

/// Size and map of a file.
///
/// @param sizeBytes size, at most what the map reaches
/// @param fmap the map as it stands in the log
/// @param extents the same map, compiled
public record FileContent(long sizeBytes, Fmap fmap, ExtentMap extents) {}
