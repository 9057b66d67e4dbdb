package io.famfs.fuse.server;

/// One contiguous run of device memory as it has to appear in the window.
///
/// @param deviceIndex which device of the volume, 0 is the primary
/// @param deviceOffset first byte on that device
/// @param windowOffset first byte in the window
/// @param lengthBytes number of bytes, a multiple of the window's alignment
public record WindowPiece(
    int deviceIndex, long deviceOffset, long windowOffset, long lengthBytes) {}
