package io.famfs.fuse.server;

/// One range of a window that shows device memory.
///
/// @param nodeid the file it belongs to
/// @param windowOffset first byte in the window
/// @param lengthBytes number of bytes
/// @param deviceIndex the device it shows
/// @param deviceOffset first byte on that device
/// @param certain false when the front-end has not said whether it is there
public record WindowSlot(
    long nodeid,
    long windowOffset,
    long lengthBytes,
    int deviceIndex,
    long deviceOffset,
    boolean certain) {}
